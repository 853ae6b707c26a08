/**
 * Feeds a phone's clips to a video element: each is appended at its own moment of center time, gaps stay gaps.
 *
 * Owns what is loaded ahead and what is let go behind, and which clips cannot be played. (Phones record VP8 in webm,
 * which HLS does not carry: so these lanes have no playlist.)
 */
import type { ErrorBody } from "../shared/pagestate";
import type { PieceBody } from "./wire";

const AHEAD_S = 12;
const BEHIND_S = 20;
const AGAIN_MS = 1500;
const DAMAGED = "footage_damaged";

export class Feeder {
  private media = new MediaSource();
  private address = "";
  private buffer: SourceBuffer | null = null;
  private type = "";
  private readonly there = new Set<number>();
  private readonly bad = new Set<number>();
  private running = false;
  private over = false;
  private again = 0;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly pieces: readonly PieceBody[],
    /** The piece that is looked at. */
    private wanted: number,
    private readonly told: () => void,
  ) {
    video.addEventListener("error", this.failed);
    this.open();
  }

  /** The page is at this piece: what follows it is loaded. */
  want(index: number): void {
    if (index < 0) return;
    this.wanted = index;
    void this.feed();
  }

  /** Whether this piece cannot be played. */
  damaged(index: number): boolean {
    return this.bad.has(index);
  }

  /** Whether all of this piece is loaded. */
  whole(index: number): boolean {
    return this.there.has(index);
  }

  destroy(): void {
    this.over = true;
    window.clearTimeout(this.again);
    this.video.removeEventListener("error", this.failed);
    URL.revokeObjectURL(this.address);
    this.video.removeAttribute("src");
    this.video.load();
  }

  private open(): void {
    URL.revokeObjectURL(this.address);
    const media = new MediaSource();
    this.media = media;
    this.buffer = null;
    this.there.clear();
    this.address = URL.createObjectURL(media);
    media.addEventListener("sourceopen", () => {
      const last = this.pieces.at(-1);
      if (last !== undefined) media.duration = (last.media_ms + last.duration_ms) / 1000 + 1;
      void this.feed();
    });
    this.video.src = this.address;
  }

  /** The browser gave up: what it is at cannot be decoded. Everything begins anew without that piece. */
  private readonly failed = () => {
    if (this.over || this.video.error === null) return;
    this.bad.add(this.wanted);
    this.open();
    this.told();
  };

  private async feed(): Promise<void> {
    if (this.running || this.again !== 0 || this.media.readyState !== "open") return;
    this.running = true;
    try {
      for (let index = this.next(); index >= 0 && !this.over; index = this.next()) {
        if (!(await this.load(index))) {
          this.again = window.setTimeout(() => {
            this.again = 0;
            void this.feed();
          }, AGAIN_MS);
          return;
        }
        this.told();
      }
    } finally {
      this.running = false;
    }
  }

  /** The first piece that is missing, from the wanted one on; -1 when enough is there. */
  private next(): number {
    const first = this.pieces[this.wanted];
    if (first === undefined) return -1;
    const until = first.media_ms + AHEAD_S * 1000;
    for (let index = this.wanted; index < this.pieces.length; index += 1) {
      const piece = this.pieces[index] as PieceBody;
      if (piece.media_ms > until) return -1;
      if (!piece.gap && !this.there.has(index) && !this.bad.has(index)) return index;
    }
    return -1;
  }

  /** Fetch and append one piece, or learn that it cannot be played; false when the line or the center failed. */
  private async load(index: number): Promise<boolean> {
    const piece = this.pieces[index] as PieceBody;
    let type: string;
    let bytes: ArrayBuffer;
    try {
      const answer = await fetch(piece.file);
      if (!answer.ok) {
        const why = (await answer.json()) as Partial<ErrorBody>;
        if (why.code !== DAMAGED) return false;
        this.bad.add(index);
        return true;
      }
      type = answer.headers.get("Content-Type") ?? "";
      bytes = await answer.arrayBuffer();
    } catch {
      return false;
    }
    if (this.over) return true;
    const media = this.media;
    if (media.readyState !== "open") return false; // it was begun anew meanwhile
    try {
      const buffer = this.prepare(type);
      await this.letGo(buffer);
      buffer.timestampOffset = piece.media_ms / 1000;
      await done(buffer, () => buffer.appendBuffer(bytes));
      if (media === this.media) this.there.add(index);
    } catch {
      this.bad.add(index); // a kind this browser does not play, or something it makes nothing of
      if (media === this.media && !this.over && media.readyState !== "open") this.open();
    }
    return true;
  }

  private prepare(type: string): SourceBuffer {
    if (this.buffer === null) this.buffer = this.media.addSourceBuffer(type);
    else if (type !== this.type) this.buffer.changeType(type);
    this.type = type;
    return this.buffer;
  }

  /** What lies far behind or ahead of the wanted piece leaves the memory. */
  private async letGo(buffer: SourceBuffer): Promise<void> {
    const at = (this.pieces[this.wanted] as PieceBody).media_ms / 1000;
    for (const [from, to] of [
      [0, at - BEHIND_S],
      [at + 3 * AHEAD_S, Infinity],
    ] as const) {
      if (to <= from || !holds(buffer, from, to)) continue;
      await done(buffer, () => buffer.remove(from, to));
      for (const index of this.there) {
        const piece = this.pieces[index] as PieceBody;
        const [start, end] = [piece.media_ms / 1000, (piece.media_ms + piece.duration_ms) / 1000];
        if (start < to && end > from) this.there.delete(index); // also what was cut in two is loaded again
      }
    }
  }
}

function done(buffer: SourceBuffer, act: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const over = (event: Event) => {
      buffer.removeEventListener("updateend", over);
      buffer.removeEventListener("error", over);
      if (event.type === "error") reject(new Error("the browser makes nothing of it"));
      else resolve();
    };
    buffer.addEventListener("updateend", over);
    buffer.addEventListener("error", over);
    act();
  });
}

function holds(buffer: SourceBuffer, from: number, to: number): boolean {
  const ranges = buffer.buffered;
  for (let n = 0; n < ranges.length; n += 1) if (ranges.start(n) < to && ranges.end(n) > from) return true;
  return false;
}
