/**
 * Cuts a stream into files of their own: a new MediaRecorder for every few seconds, begun as the one before ends.
 *
 * Owns times: a segment never begins before the one before ended, and never says that it filmed while the page stood
 * still (a phone freezes pages that nobody sees). Never seals and never stores. (Pieces that one MediaRecorder hands out
 * are no files of their own; and mp4 written that way is lost when the browser is killed.)
 */
import { AUDIO_BITS, type Format, VIDEO_BITS } from "./capture";
import { lengthMs } from "./length";
import type { GapReason } from "./seal";

export interface Footage {
  from: number; // by the page's clock, milliseconds
  to: number;
  bytes: ArrayBuffer;
}

/** Short enough that a killed browser loses less than five seconds, storing included. */
export const SEGMENT_MS = 4000;
/** A recorder that does not hand out what it has by then is stuck. */
const STUCK_MS = 4000;
/** One whose file is so much shorter than it ran began late. */
const SLOW_START_MS = 1000;
/** One that was cut off this early may have nothing yet. */
const EMPTY_MS = 1000;
const TICK_MS = 1000;
/** A page that did not run for so long cannot say that it filmed meanwhile. */
export const STILL_MS = 5000;

interface Life {
  recorder: MediaRecorder;
  from: number;
  /** When it was told to end; null while it runs. */
  to: number | null;
  over: Promise<void>;
}

export class Segmenter {
  private life: Life | null = null;
  private timer = 0;
  private tick = 0;
  private edge = 0;
  /** When the page was last seen to run. */
  private alive = 0;
  private ended = false;
  /** Footage is handed out in the order it was recorded. */
  private line: Promise<void> = Promise.resolve();

  constructor(
    private readonly stream: MediaStream,
    private readonly format: Format,
    private readonly now: () => number,
    private readonly footage: (footage: Footage) => void,
    /** No recorder could be made, one failed or gave nothing, or the page stood still: the run is over. */
    private readonly failed: (reason: GapReason) => void,
  ) {}

  start(): void {
    this.edge = this.alive = this.now();
    this.tick = window.setInterval(() => this.runs(), TICK_MS);
    this.begin();
  }

  /** End the segment now; the next begins at once. */
  cut(): void {
    if (this.ended || this.life === null || !this.runs()) return;
    const before = this.life;
    this.end(before);
    if (!this.ended) this.begin();
  }

  /** End for good; fulfilled when what was recorded has been handed out. */
  async stop(): Promise<void> {
    this.ended = true;
    window.clearTimeout(this.timer);
    window.clearInterval(this.tick);
    const last = this.life;
    this.life = null;
    if (last === null) return;
    this.end(last);
    await Promise.race([last.over, new Promise((resolve) => window.setTimeout(resolve, STUCK_MS))]);
  }

  /** Whether the page ran since the last look; where it stood still the run is over. */
  private runs(): boolean {
    const now = this.now();
    const still = now - this.alive > STILL_MS;
    if (still && !this.ended) this.failed("suspended");
    else this.alive = now;
    return !still;
  }

  /** Now; where the page stood still, the last moment at which it ran. */
  private until(life: Life): number {
    const now = this.now();
    return now - this.alive > STILL_MS ? Math.max(this.alive, life.from) : now;
  }

  private end(life: Life): void {
    window.clearTimeout(this.timer);
    this.edge = this.until(life);
    life.to = this.edge;
    if (life.recorder.state !== "inactive") life.recorder.stop();
  }

  private begin(): void {
    const options: MediaRecorderOptions & { videoKeyFrameIntervalDuration?: number } = {
      mimeType: this.format.mimeType,
      videoBitsPerSecond: VIDEO_BITS,
      audioBitsPerSecond: AUDIO_BITS,
    };
    if (!this.format.webm) options.videoKeyFrameIntervalDuration = SEGMENT_MS;
    let recorder: MediaRecorder;
    try {
      recorder = new MediaRecorder(this.stream, options);
    } catch {
      this.over();
      return;
    }
    const pieces: Blob[] = [];
    const life: Life = { recorder, from: this.edge, to: null, over: Promise.resolve() };
    life.over = new Promise((resolve) => {
      recorder.ondataavailable = (event) => {
        if (event.data.size > 0) pieces.push(event.data);
      };
      recorder.onstop = () => {
        const own = life.to === null; // it stopped by itself: its tracks ended
        const to = Math.max(life.to ?? this.until(life), life.from);
        if (own && this.life === life) this.life = null;
        const some = pieces.length > 0;
        const bytes = new Blob(pieces).arrayBuffer();
        pieces.length = 0; // blobs live outside the page's own memory until the last hold on them is gone
        recorder.ondataavailable = recorder.onstop = recorder.onerror = null;
        this.line = this.line
          .then(() => bytes)
          .then((whole) => {
            if (whole.byteLength > 0) this.footage({ from: begun(life.from, to, whole), to, bytes: whole });
          })
          .finally(() => {
            resolve();
            if (own || (!some && to - life.from > EMPTY_MS)) this.over();
          });
      };
    });
    recorder.onerror = () => this.over();
    try {
      recorder.start();
    } catch {
      this.over();
      return;
    }
    this.life = life;
    this.timer = window.setTimeout(() => this.cut(), SEGMENT_MS);
  }

  /** The recorder would not go on. */
  private over(): void {
    if (this.ended) return;
    this.ended = true;
    window.clearTimeout(this.timer);
    window.clearInterval(this.tick);
    this.failed("stalled");
  }
}

/**
 * When the recording began that was started at `from` and ended at `to`: what its file holds says so. (The recorder's own
 * event comes with the first encoded picture, on a busy phone seconds after the moment that this picture shows.)
 */
export function begun(from: number, to: number, bytes: ArrayBuffer): number {
  const holds = lengthMs(bytes);
  return holds === null || to - holds - from <= SLOW_START_MS ? from : to - holds;
}
