/** A picture is kept to the reviewer's clock: it follows, it never leads. Owns no picture. */

/** Where what plays a track stands. */
export type Standing = "there" | "waits" | "damaged";

/** What plays one track: it puts its pictures where it was told to, and loads what it needs. */
export interface Projector {
  readonly videos: readonly HTMLVideoElement[];
  /** Show this piece at so many seconds into it, and run as the clock runs. */
  follow: (index: number, into: number) => Standing;
  /** Nothing is to be shown; what comes after this piece will be. */
  rest: (index: number) => void;
  destroy: () => void;
}

/** Told to whoever follows when a picture may have come. */
export const COMES = ["loadeddata", "seeked", "canplay"] as const;

const SEEK_S = 0.4; // further away than this: jump
const NEAR_S = 0.03; // nearer than this: leave it alone

/** Bring the picture to `wanted` (seconds), or to its end when it ends before, and let it run at `speed`, 0: not at all. */
export function keepTo(shown: HTMLVideoElement, wanted: number, speed: number): void {
  const there = within(shown, wanted);
  const off = shown.currentTime - there;
  const runs = speed > 0;
  const far = Math.abs(off) > (runs ? SEEK_S : NEAR_S) || (shown.ended && off > NEAR_S);
  if (far && (!shown.seeking || Math.abs(off) > SEEK_S)) shown.currentTime = there;
  const nudge = Math.abs(off) < NEAR_S ? 1 : 1 - Math.sign(off) * Math.min(0.2, Math.abs(off));
  const rate = Math.max(0.25, speed * nudge);
  if (runs && Math.abs(shown.playbackRate - rate) > 0.005) shown.playbackRate = rate;
  if (!runs && !shown.paused) shown.pause();
  if (runs && shown.paused && !(there >= shown.duration)) void shown.play().catch(() => undefined);
}

/** Whether it shows `wanted`, or is so near that it need not jump. */
export const shows = (shown: HTMLVideoElement, wanted: number): boolean =>
  !lacks(shown) && Math.abs(shown.currentTime - within(shown, wanted)) <= SEEK_S;

/** It has no picture of where it stands. */
export const lacks = (shown: HTMLVideoElement): boolean =>
  shown.seeking || shown.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;

/** It plays and has nothing to go on with. */
export const starved = (shown: HTMLVideoElement): boolean =>
  !shown.paused &&
  !shown.ended &&
  shown.readyState < HTMLMediaElement.HAVE_FUTURE_DATA &&
  shown.currentTime < shown.duration;

/** One that shows a track, out of the page as yet. */
export function screen(track: string, told: () => void): HTMLVideoElement {
  const made = document.createElement("video");
  made.dataset.track = track;
  made.playsInline = made.muted = true;
  made.preload = "auto";
  for (const event of COMES) made.addEventListener(event, told);
  return made;
}

/** `wanted`, or the end where that is known to come before. */
const within = (shown: HTMLVideoElement, wanted: number): number =>
  Number.isNaN(shown.duration) ? wanted : Math.min(wanted, shown.duration);
