/**
 * The reviewer's clock: center time that runs, stands, is moved; and waits for pictures that are not there yet.
 *
 * Owns time only. Pictures follow it and never lead it. Pure but for the clock that is handed in.
 */

/** A picture that does not come is waited for no longer than this. */
export const PATIENCE_MS = 4000;

export class Deck {
  playing = false;
  speed = 1;
  /** Told after every change that pictures must follow at once. */
  changed: () => void = () => undefined;
  private base: number;
  private since: number;
  private readonly waiting = new Map<string, number>();

  constructor(
    readonly from: number,
    readonly to: number,
    private readonly now: () => number,
  ) {
    this.base = from;
    this.since = now();
  }

  /** Center time. */
  at(): number {
    if (!this.playing) return this.base;
    const ran = this.now() - Math.max(this.since, this.heldUntil());
    return Math.min(this.to, this.base + Math.max(0, ran) * this.speed);
  }

  go(at: number): void {
    this.rebase(Math.min(this.to, Math.max(this.from, at)));
    this.changed();
  }

  set(next: { playing?: boolean; speed?: number }): void {
    const at = this.at();
    this.rebase(next.playing === true && at >= this.to ? this.from : at);
    this.playing = next.playing ?? this.playing;
    this.speed = next.speed ?? this.speed;
    this.changed();
  }

  /** A picture has nothing to show yet at this moment, or has it now. Time stands until all have, within patience. */
  wait(who: string, waits: boolean): void {
    if (waits === this.waiting.has(who)) return;
    this.rebase(this.at());
    if (waits) this.waiting.set(who, this.now());
    else this.waiting.delete(who);
  }

  /** Whether time stands although it is to run. */
  held(): boolean {
    return this.heldUntil() > this.now();
  }

  /** How fast pictures run now; 0: they stand. */
  runs(): number {
    return this.playing && !this.held() ? this.speed : 0;
  }

  private heldUntil(): number {
    return Math.max(-Infinity, ...[...this.waiting.values()].map((since) => since + PATIENCE_MS));
  }

  private rebase(at: number): void {
    this.base = at;
    this.since = this.now();
  }
}
