/**
 * Plays a phone's clips, each a film of its own: while one is shown, the next stands ready in a second element.
 *
 * Owns what is loaded ahead and let go behind, and which clips cannot be played. (Clips are files that begin and end by
 * themselves, sound and picture not at the same time. Appended to one MediaSource they leave holes: a browser shows
 * nothing of the last moments before a hole, stops there, and plays the sound after it early, more so with each clip.
 * Phones record VP8 in webm, which HLS does not carry: so these lanes have no playlist.)
 */
import type { ErrorBody } from "../shared/pagestate";
import type { Deck } from "./deck";
import { type Projector, type Standing, keepTo, lacks, screen, shows, starved } from "./keeping";
import type { LaneBody, PieceBody } from "./wire";

const AHEAD_MS = 12_000;
const KEPT_MS = 60_000;
const AGAIN_MS = 1500;
const DAMAGED = "footage_damaged";

/** An element and the piece it holds; -1: none. */
interface Stage {
  readonly video: HTMLVideoElement;
  index: number;
  address: string;
}

export class Clips implements Projector {
  private readonly pieces: readonly PieceBody[];
  private readonly here = new Map<number, Blob>();
  private readonly bad = new Set<number>();
  private front: Stage;
  private back: Stage;
  private wanted: number;
  private loading = false;
  /** What is being fetched; -1: nothing. */
  private fetched = -1;
  private fetching = new AbortController();
  private again = 0;
  private over = false;

  constructor(
    private readonly place: HTMLElement,
    lane: LaneBody,
    first: number,
    private readonly deck: Deck,
    private readonly told: () => void,
  ) {
    this.pieces = lane.pieces;
    this.wanted = Math.max(0, first);
    this.front = this.stage(lane.track);
    this.back = this.stage(lane.track);
    place.replaceChildren(this.front.video);
    void this.load();
  }

  get videos(): readonly HTMLVideoElement[] {
    return [this.front.video, this.back.video];
  }

  follow(index: number, into: number): Standing {
    this.want(index);
    if (this.bad.has(index)) return "damaged";
    if (this.front.index < 0) this.put(this.front, index, into); // nothing is shown yet: it need not wait behind
    if (this.front.index !== index) {
      if (this.back.index !== index) this.put(this.back, index, into);
      if (this.back.index === index) keepTo(this.back.video, into, 0);
      if (this.back.index !== index || !shows(this.back.video, into)) {
        this.front.video.pause();
        return "waits";
      }
      this.swap();
    }
    const { video } = this.front;
    video.dataset.zero = String(this.pieces[index]?.start_ms);
    keepTo(video, into, this.deck.runs());
    this.ready(this.after(index));
    return lacks(video) || starved(video) ? "waits" : "there";
  }

  rest(index: number): void {
    this.front.video.pause();
    if (index < 0) return;
    this.want(index);
    this.ready(this.after(index));
  }

  destroy(): void {
    this.over = true;
    this.fetching.abort();
    window.clearTimeout(this.again);
    for (const one of [this.front, this.back]) this.empty(one);
    this.place.replaceChildren();
  }

  private stage(track: string): Stage {
    const made: Stage = { video: screen(track, this.told), index: -1, address: "" };
    made.video.addEventListener("error", () => {
      if (made.index < 0) return;
      this.bad.add(made.index);
      this.empty(made);
      this.told();
    });
    return made;
  }

  private empty(stage: Stage): void {
    stage.index = -1;
    stage.video.removeAttribute("src");
    stage.video.load();
    URL.revokeObjectURL(stage.address);
  }

  /** Let `stage` hold a piece, if it is here. */
  private put(stage: Stage, index: number, into: number): void {
    const clip = this.here.get(index);
    if (clip === undefined) return;
    const before = stage.address;
    stage.address = URL.createObjectURL(clip);
    stage.index = index;
    stage.video.src = stage.address;
    stage.video.currentTime = into;
    URL.revokeObjectURL(before);
  }

  /** The piece that will be wanted stands at its beginning. */
  private ready(index: number): void {
    if (this.back.index !== index) this.put(this.back, index, 0);
  }

  private swap(): void {
    [this.front, this.back] = [this.back, this.front];
    this.place.replaceChildren(this.front.video);
    this.back.video.pause();
  }

  /** The next piece after this one that can be played; -1: none. */
  private after(index: number): number {
    for (let n = index + 1; n < this.pieces.length; n += 1) if (this.playable(n)) return n;
    return -1;
  }

  private playable(index: number): boolean {
    return this.pieces[index]?.gap === false && !this.bad.has(index);
  }

  private want(index: number): void {
    this.wanted = index;
    const hurry = this.playable(index) && !this.here.has(index);
    if (hurry && this.fetched >= 0 && this.fetched !== index) this.fetching.abort(); // what is looked at comes first
    void this.load();
  }

  /** One piece after the other, the wanted one first. */
  private async load(): Promise<void> {
    if (this.loading || this.again !== 0) return;
    this.loading = true;
    for (let index = this.next(); index >= 0 && !this.over; index = this.next()) {
      this.fetched = index;
      this.fetching = new AbortController();
      const { signal } = this.fetching;
      const come = await this.fetch(index, signal);
      this.fetched = -1;
      if (come) this.told();
      else if (!signal.aborted) {
        this.again = window.setTimeout(() => {
          this.again = 0;
          void this.load();
        }, AGAIN_MS);
        break;
      }
    }
    this.loading = false;
  }

  /** The first piece that is missing, from the wanted one on; -1 when enough is here. */
  private next(): number {
    const until = (this.pieces[this.wanted]?.start_ms ?? 0) + AHEAD_MS;
    for (let n = this.wanted; n < this.pieces.length; n += 1) {
      if ((this.pieces[n] as PieceBody).start_ms > until && n > this.after(this.wanted)) return -1;
      if (this.playable(n) && !this.here.has(n)) return n;
    }
    return -1;
  }

  /** Bring one piece here, or learn that it cannot be played; false when the line or the center failed. */
  private async fetch(index: number, signal: AbortSignal): Promise<boolean> {
    try {
      const answer = await fetch((this.pieces[index] as PieceBody).file, { signal });
      if (answer.ok) {
        this.letGo();
        this.here.set(index, await answer.blob());
        return true;
      }
      const why = (await answer.json()) as Partial<ErrorBody>;
      if (why.code !== DAMAGED) return false;
      this.bad.add(index);
      return true;
    } catch {
      return false;
    }
  }

  /** What lies far from the wanted piece leaves the memory. */
  private letGo(): void {
    const at = this.pieces[this.wanted]?.start_ms ?? 0;
    for (const index of this.here.keys()) {
      if (Math.abs((this.pieces[index] as PieceBody).start_ms - at) > KEPT_MS) this.here.delete(index);
    }
  }
}
