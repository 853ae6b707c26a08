/** One tab films: another would cut the chain in two. */

const LOCK = "zhishi-companion";
/** A page that is just being left may hold on for a moment. */
const LEAVING_MS = 3000;

/** Whether this tab is the one, from now on until it goes. */
export function alone(): Promise<boolean> {
  if (!("locks" in navigator)) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks
      .request(LOCK, { signal: AbortSignal.timeout(LEAVING_MS) }, () => {
        resolve(true);
        return new Promise<void>(() => undefined); // held as long as the page lives
      })
      .catch(() => resolve(false));
  });
}
