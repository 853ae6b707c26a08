/**
 * Time on a phone: a clock that only runs forward within one life of the page, and center time by it.
 *
 * Owns the boot clock (its id is minted for every life of the page, because `performance.timeOrigin` is) and the last
 * known offset to center time. Never asks anybody: heartbeats hand in what the center said.
 */
import type { Stamp } from "./wire";

export interface Times {
  boot_id: string;
  boot_ns: string;
  center_ms: number;
  center_est: boolean;
  wall_ms: number;
}

export interface Source {
  origin: number;
  now: () => number;
  wall: () => number;
}

const BROWSER: Source = { origin: performance.timeOrigin, now: () => performance.now(), wall: () => Date.now() };
/** How far two clocks may run apart: what was told counts for less as it grows old. */
const DRIFT = 100e-6;

export class Clock {
  readonly bootId: string;
  private told: { center_ms: number; at: number; wrong: number } | null = null;
  /** Center time minus wall clock as it was known in an earlier life: an estimate, and marked so. */
  private guess: number;
  private readonly source: Source;

  constructor(bootId: string, guess = 0, source: Source = BROWSER) {
    this.bootId = bootId;
    this.guess = guess;
    this.source = source;
  }

  /** Center time was `offset` ahead of the wall clock when it was last known; only used until the center tells. */
  suppose(offset: number): void {
    if (this.told === null) this.guess = offset;
  }

  /** Milliseconds since the page began, never backward. */
  now(): number {
    return this.source.now();
  }

  wall(): number {
    return Math.round(this.source.wall());
  }

  /**
   * The center said `center_ms` in an answer to what was asked at `asked` (by `now`). Half the round trip is how wrong
   * that may be: it does not replace what is less wrong and agrees with it (a center whose clock was set does not).
   */
  learn(center_ms: number, asked: number): void {
    const now = this.source.now();
    const [at, wrong] = [(asked + now) / 2, (now - asked) / 2];
    if (this.told !== null) {
      const less = this.told.wrong + DRIFT * (at - this.told.at);
      const apart = Math.abs(center_ms - this.told.center_ms - (at - this.told.at));
      if (less < wrong && apart <= less + wrong) return;
    }
    this.told = { center_ms, at, wrong };
    this.guess = center_ms - (this.source.wall() - (now - at));
  }

  /** The machine slept or its clock was set: what was told cannot be relied on any longer. */
  doubt(): void {
    if (this.told === null) return;
    this.guess = this.centerAt(this.source.now()).center_ms - this.source.wall();
    this.told = null;
  }

  /** What a later life may start from. */
  get offset(): number {
    return this.guess;
  }

  /** Center time at the moment `at` (by `now`). */
  centerAt(at: number): Stamp {
    if (this.told !== null) return { center_ms: Math.round(this.told.center_ms + at - this.told.at), center_est: false };
    return { center_ms: Math.round(this.source.wall() + this.guess - (this.source.now() - at)), center_est: true };
  }

  /** Everything a seal says of the moment `at`. */
  timesAt(at: number): Times {
    return {
      boot_id: this.bootId,
      boot_ns: String(BigInt(Math.round((this.source.origin + at) * 1000)) * 1000n),
      ...this.centerAt(at),
      wall_ms: Math.round(this.source.wall() - (this.source.now() - at)),
    };
  }
}

/** How far the wall clock ran ahead of the page's own between two looks: sleep, or somebody set it. */
export const stepOf = (before: { now: number; wall: number }, after: { now: number; wall: number }): number =>
  after.wall - before.wall - (after.now - before.now);
