/**
 * The guided 360° pan: how far round the phone has been. Pure.
 *
 * By motion where the phone tells its heading: the circle is 24 sectors, and each must have been passed. By time where
 * it does not: the guide then sets the pace.
 */
const SECTORS = 24;
/** Slower than this nothing is seen of the room; who spins faster is asked to slow down. */
const LEAST_MS = 12_000;
const TIMED_MS = 30_000;
/** No heading for so long: this phone does not tell it. */
const DEAF_MS = 2500;

export interface PanState {
  progress: number; // 0..1
  by: "motion" | "time";
  fast: boolean;
  done: boolean;
}

export class Pan {
  private readonly passed = new Set<number>();
  private last: { heading: number; at: number } | null = null;
  private moved = false;
  private speed = 0;

  constructor(private readonly began: number) {}

  /** The phone points to `heading` (degrees, any origin) at `at` (milliseconds). */
  turn(heading: number, at: number): void {
    if (!Number.isFinite(heading)) return;
    const sector = Math.floor((((heading % 360) + 360) % 360) / (360 / SECTORS));
    if (this.last !== null) {
      const step = ((heading - this.last.heading + 540) % 360) - 180;
      if (Math.abs(step) > 0.5) this.moved = true;
      const ms = at - this.last.at;
      if (ms > 0) this.speed = 0.8 * this.speed + 0.2 * (Math.abs(step) / ms) * 1000;
    }
    this.last = { heading, at };
    this.passed.add(sector);
  }

  state(now: number): PanState {
    const ms = now - this.began;
    const heard = this.last !== null && (this.moved || ms < DEAF_MS);
    if (heard) {
      const progress = Math.min(this.passed.size / SECTORS, ms / LEAST_MS);
      return { progress, by: "motion", fast: this.speed > 360 / (LEAST_MS / 1000), done: progress >= 1 };
    }
    const progress = Math.min(1, ms / TIMED_MS);
    return { progress, by: "time", fast: false, done: progress >= 1 };
  }
}

interface Asking {
  requestPermission?: () => Promise<string>;
}

/** Some browsers ask the person before they tell the heading, and only inside a press. */
export function allowHeading(): void {
  const asking = (globalThis as { DeviceOrientationEvent?: Asking }).DeviceOrientationEvent;
  void asking?.requestPermission?.().catch(() => "denied"); // without it the pan goes by time
}

/** Follow the phone's heading where it is told. Returns how to end it. */
export function followHeading(turn: (heading: number) => void): () => void {
  const hear = (event: DeviceOrientationEvent) => {
    if (event.alpha !== null) turn(event.alpha);
  };
  window.addEventListener("deviceorientation", hear);
  return () => window.removeEventListener("deviceorientation", hear);
}
