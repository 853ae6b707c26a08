/**
 * The line to the page server: states come in as server-sent events, orders go out as POSTs.
 *
 * Owns reconnecting. Never decides what may be ordered: the server answers that.
 */
import type { ErrorBody, Order, PageState } from "./pagestate";

export type Line = "opening" | "live" | "lost";

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;
/** A line that is back within this time was never worth a word. */
const QUIET_MS = 2000;

/** Follow the server's states until the returned function is called. */
export function follow(onState: (state: PageState) => void, onLine: (line: Line) => void): () => void {
  let source: EventSource | null = null;
  let wait = FIRST_WAIT_MS;
  let again: number | undefined;
  let quiet: number | undefined;
  let ended = false;

  const lost = () => {
    // Browsers reconnect by themselves after a cut, but give up after an error answer: one rule of ours for both.
    source?.close();
    quiet ??= window.setTimeout(() => onLine("lost"), QUIET_MS);
    window.clearTimeout(again);
    again = window.setTimeout(open, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  };
  const open = () => {
    if (ended) return;
    source = new EventSource("/api/events");
    source.onopen = () => {
      wait = FIRST_WAIT_MS;
      window.clearTimeout(quiet);
      quiet = undefined;
      onLine("live");
    };
    source.onmessage = (event: MessageEvent<string>) => onState(JSON.parse(event.data) as PageState);
    source.onerror = lost;
  };
  open();
  return () => {
    ended = true;
    window.clearTimeout(again);
    window.clearTimeout(quiet);
    source?.close();
  };
}

const UNREACHED: ErrorBody = {
  code: "page_server_unreachable",
  message_zh: "本机程序暂时没有回应",
  message_en: "The program on this computer does not answer right now",
  hint_zh: "正在自动重连，请稍候再按一次。录制由另一个程序进行，不受影响。",
  hint_en: "It is being reconnected; press again in a moment. Recording is done by another program and goes on.",
  retryable: true,
  detail: "",
};

/** Give an order; null when it was taken, else why not. */
export async function order(wanted: Order): Promise<ErrorBody | null> {
  let answer: Response;
  try {
    answer = await fetch("/api/do", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wanted),
    });
  } catch {
    return UNREACHED;
  }
  if (answer.ok) return null;
  try {
    return (await answer.json()) as ErrorBody;
  } catch {
    return { ...UNREACHED, detail: `HTTP ${answer.status}` };
  }
}
