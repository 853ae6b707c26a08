/** Battery and storage, and how long they last at today's pace. Owns looking; what is worth a warning is the pages'. */
import { type Power, followPower, freeBytes } from "./awake";
import { AUDIO_BITS, VIDEO_BITS } from "./capture";
import { type PowerLook, batteryLeft, storageLeft } from "./forecast";

const LOOK_MS = 30_000;

export class Gauges {
  power: Power | null = null;
  free: number | null = null;
  /** The browser promised not to throw anything away by itself. */
  persisted = false;
  private first: PowerLook | null = null;

  constructor(private readonly changed: () => void) {}

  async start(): Promise<void> {
    void followPower((power) => this.hear(power));
    window.setInterval(() => void this.measure(), LOOK_MS);
    void this.measure();
    this.persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    this.changed();
  }

  /** Milliseconds until the battery is empty; null where that cannot be known. */
  get batteryLeft(): number | null {
    if (this.power === null || this.first === null) return null;
    return batteryLeft(this.first, { at: performance.now(), ...this.power });
  }

  /** Milliseconds of film that fit; `bytes` were recorded in `ms`. */
  storageLeft(bytes: number, ms: number): number | null {
    return this.free === null ? null : storageLeft(this.free, bytes, ms, VIDEO_BITS + AUDIO_BITS);
  }

  private hear(power: Power): void {
    this.power = power;
    if (this.first === null || power.charging || this.first.charging) {
      this.first = { at: performance.now(), ...power };
    }
    this.changed();
  }

  private async measure(): Promise<void> {
    this.free = await freeBytes();
    this.changed();
  }
}
