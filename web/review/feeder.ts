/**
 * Feeds a phone's clips to a video element: each is appended at its own moment of center time, gaps stay gaps.
 *
 * Owns what is loaded ahead and what is let go behind, and which clips cannot be played. (Browsers play VP8 in webm
 * only, which HLS does not carry: so these lanes have no playlist.)
 */
import type { ErrorBody } from "../shared/pagestate";
import type { PieceBody } from "./wire";

const AHEAD_S = 12;
const BEHIND_S = 20;

export class Feeder {
  private readonly media = new MediaSource();
  private readonly address: string;
  private buffer: SourceBuffer | null = null;
  private type = "";
  private readonly there = new Set<number>();
  private readonly bad = new Map<number, ErrorBody | null>();
  private wanted: number;
  private running = false;
  private over = false;

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly pieces: readonly PieceBody[],
    at: number,
    private readonly told: () => void,
  ) {
    this.wanted = at;
    this.address = URL.createObjectURL(this.media);
    this.media.addEventListener("sourceopen", () => {
      const last = pieces.at(-1);
      if (last !== undefined) this.media.duration = (last.media_ms + last.duration_ms) / 1000 + 1;
      void this.feed();
    });
    video.src = this.address;
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
    URL.revokeObjectURL(this.address);
    this.video.removeAttribute("src");
    this.video.load();
  }

  private async feed(): Promise<void> {
    if (this.running || this.media.readyState !== "open") return;
    this.running = true;
    try {
      for (let index = this.next(); index >= 0 && !this.over; index = this.next()) {
        await this.append(index);
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

  private async append(index: number): Promise<void> {
    const piece = this.pieces[index] as PieceBody;
    try {
      const answer = await fetch(piece.file);
      if (!answer.ok) {
        const why = (await answer.json().catch(() => null)) as ErrorBody | null;
        this.bad.set(index, why);
        return;
      }
      const type = answer.headers.get("Content-Type") ?? "";
      const bytes = await answer.arrayBuffer();
      if (this.over) return;
      this.prepare(type);
      await this.letGo();
      const buffer = this.buffer as SourceBuffer;
      buffer.timestampOffset = piece.media_ms / 1000;
      await this.done(() => buffer.appendBuffer(bytes));
      this.there.add(index);
    } catch {
      this.bad.set(index, null); // the line, or a clip the browser makes nothing of
      if (this.buffer !== null && this.media.readyState === "open" && !this.buffer.updating) this.buffer.abort();
    }
  }

  private prepare(type: string): void {
    if (this.buffer === null) this.buffer = this.media.addSourceBuffer(type);
    else if (type !== this.type) this.buffer.changeType(type);
    this.type = type;
  }

  /** What lies far behind or ahead of the wanted piece leaves the memory. */
  private async letGo(): Promise<void> {
    const buffer = this.buffer as SourceBuffer;
    const at = (this.pieces[this.wanted] as PieceBody).media_ms / 1000;
    for (const [from, to] of [
      [0, at - BEHIND_S],
      [at + 3 * AHEAD_S, Infinity],
    ] as const) {
      if (to <= from || !held(buffer, from, to)) continue;
      await this.done(() => buffer.remove(from, to));
      for (const index of this.there) {
        const start = (this.pieces[index] as PieceBody).media_ms / 1000;
        if (start >= from - 0.001 && start < to) this.there.delete(index);
      }
    }
  }

  private done(act: () => void): Promise<void> {
    const buffer = this.buffer as SourceBuffer;
    return new Promise((resolve, reject) => {
      buffer.addEventListener("updateend", () => resolve(), { once: true });
      buffer.addEventListener("error", () => reject(new Error("append")), { once: true });
      act();
    });
  }
}

function held(buffer: SourceBuffer, from: number, to: number): boolean {
  const ranges = buffer.buffered;
  for (let n = 0; n < ranges.length; n += 1) if (ranges.start(n) < to && ranges.end(n) > from) return true;
  return false;
}
