/**
 * Plays a laptop's track by its HLS playlist, whose clock has no gaps.
 *
 * Owns which pieces could not be loaded or decoded; what is loaded when is hls.js's.
 */
import type { ErrorData } from "hls.js";
import Hls from "hls.js/light";
import type { Deck } from "./deck";
import { type Projector, type Standing, keepTo, lacks, screen, starved } from "./keeping";
import type { LaneBody, PieceBody } from "./wire";

const HOLE_S = 0.5; // between two segments of one recording: stepped over
const STEP_S = 0.001;
const WITHIN_S = 0.01;

export class Playlist implements Projector {
  readonly videos: readonly HTMLVideoElement[];
  private readonly shown: HTMLVideoElement;
  private readonly pieces: readonly PieceBody[];
  private readonly hls: Hls;
  private readonly bad = new Set<number>();
  private healed = -1;

  constructor(
    private readonly place: HTMLElement,
    lane: LaneBody,
    first: number,
    private readonly deck: Deck,
    private readonly told: () => void,
  ) {
    this.pieces = lane.pieces;
    this.shown = screen(lane.track, told);
    this.videos = [this.shown];
    place.replaceChildren(this.shown);
    this.hls = new Hls({
      enableWorker: false,
      maxBufferLength: 20,
      backBufferLength: 20,
      startPosition: (lane.pieces[first]?.media_ms ?? 0) / 1000,
      fragLoadPolicy: {
        default: {
          maxTimeToFirstByteMs: 9000,
          maxLoadTimeMs: 60_000,
          timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
          errorRetry: { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 1000 },
        },
      },
    });
    this.hls.loadSource(lane.playlist);
    this.hls.attachMedia(this.shown);
    this.hls.on(Hls.Events.ERROR, (_, why) => this.failed(why));
  }

  follow(index: number, into: number): Standing {
    if (this.bad.has(index)) return "damaged";
    const piece = this.pieces[index];
    if (piece === undefined || this.shown.readyState === HTMLMediaElement.HAVE_NOTHING) return "waits";
    this.shown.dataset.zero = String(piece.start_ms - piece.media_ms);
    const on = nearest(this.shown, this.shown.currentTime + WITHIN_S);
    if (starved(this.shown) && on > this.shown.currentTime + WITHIN_S + STEP_S / 2) this.shown.currentTime = on;
    else keepTo(this.shown, nearest(this.shown, piece.media_ms / 1000 + into), this.deck.runs());
    return lacks(this.shown) || starved(this.shown) ? "waits" : "there";
  }

  rest(): void {
    this.shown.pause();
  }

  destroy(): void {
    this.hls.destroy();
    this.place.replaceChildren();
  }

  private failed(why: ErrorData): void {
    if (!why.fatal) return;
    const index = this.pieceOf(why.frag?.start ?? this.shown.currentTime);
    if (why.type === Hls.ErrorTypes.MEDIA_ERROR && this.healed !== index) {
      this.healed = index; // once for each piece: the decoder begins anew
      this.hls.recoverMediaError();
      return;
    }
    if (index >= 0) this.bad.add(index);
    const after = this.pieces.find((one, n) => n > index && !one.gap);
    if (why.type === Hls.ErrorTypes.MEDIA_ERROR) this.hls.recoverMediaError();
    if (after !== undefined) this.hls.startLoad(after.media_ms / 1000);
    this.told();
  }

  /** The piece that holds this second of the playlist. */
  private pieceOf(second: number): number {
    return this.pieces.findIndex(
      (one) => !one.gap && one.media_ms / 1000 <= second + STEP_S && second < (one.media_ms + one.duration_ms) / 1000,
    );
  }
}

/** `wanted`, or just behind a small hole that lies there. */
function nearest(shown: HTMLVideoElement, wanted: number): number {
  const ranges = shown.buffered;
  for (let n = 0; n < ranges.length; n += 1) {
    const [start, end] = [ranges.start(n), ranges.end(n)];
    if (start <= wanted && wanted < end) return wanted;
    if (start > wanted) return start - wanted < HOLE_S ? start + STEP_S : wanted;
  }
  return wanted;
}
