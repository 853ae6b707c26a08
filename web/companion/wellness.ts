/**
 * Whether picture and sound are alive. Pure: looks at samples, twice a second, and says within five seconds.
 *
 * A real camera's picture is never the same twice (noise), and a real microphone is never at exact silence.
 */

export type Wellness = "well" | "frozen" | "black" | "silent";

export interface Sample {
  at: number; // milliseconds
  /** A picture that was looked at: sum over its pixels, and how bright it is (0..255); null while none could be had. */
  picture: { sum: number; luma: number } | null;
  /** Pictures that came so far, where the browser tells. */
  frames: number | null;
  /** The loudest of the samples since the last look, 0..1; null where sound cannot be looked at. */
  peak: number | null;
}

export const LOOK_MS = 500;
/** Long enough for a camera that adapts its light, short enough to be told within five seconds. */
const PATIENCE_MS = 3500;
/** Video black is 16 where the picture is told as brightness alone. */
const BLACK_LUMA = 24;
const SILENT_PEAK = 0.0002;

export class Judge {
  private last: Sample | null = null;
  private movedAt = 0;
  private litAt = 0;
  private heardAt = 0;

  /** Begin anew: another stream. */
  reset(at: number): void {
    this.last = null;
    this.movedAt = this.litAt = this.heardAt = at;
  }

  look(now: Sample): Wellness {
    const before = this.last;
    const same =
      before !== null &&
      ((now.frames !== null && now.frames === before.frames) ||
        now.picture === null ||
        (before.picture !== null && now.picture.sum === before.picture.sum));
    if (!same) this.movedAt = now.at;
    if (now.picture !== null && now.picture.luma >= BLACK_LUMA) this.litAt = now.at;
    if (now.peak === null || now.peak > SILENT_PEAK) this.heardAt = now.at;
    this.last = now;
    // a black picture is told as black even when it never changes
    if (now.picture !== null && now.at - this.litAt >= PATIENCE_MS) return "black";
    if (now.at - this.movedAt >= PATIENCE_MS) return "frozen";
    if (now.at - this.heardAt >= PATIENCE_MS) return "silent";
    return "well";
  }
}
