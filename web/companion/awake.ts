/** Keeps the screen on, and looks at battery and storage. Owns nothing that films: without any of it filming goes on. */

const AGAIN_MS = 5000;

export class Awake {
  private lock: WakeLockSentinel | null = null;
  private wanted = false;
  private asking = false;
  private timer = 0;
  /** Null where the browser has no such thing. */
  held: boolean | null = "wakeLock" in navigator ? false : null;

  constructor(private readonly changed: () => void) {
    document.addEventListener("visibilitychange", () => void this.ask());
  }

  want(yes: boolean): void {
    if (yes === this.wanted) return;
    this.wanted = yes;
    if (yes) void this.ask();
    else void this.lock?.release();
  }

  /** The system takes the lock back whenever the page is hidden, and in full view when it saves battery. */
  private async ask(): Promise<void> {
    if (!this.wanted || this.asking || this.held === null || document.visibilityState !== "visible") return;
    if (this.lock !== null && !this.lock.released) return;
    this.asking = true;
    try {
      const lock = await navigator.wakeLock.request("screen");
      lock.addEventListener("release", () => this.lost());
      this.lock = lock;
      this.held = true;
      this.changed();
      if (!this.wanted) void lock.release();
    } catch {
      this.lost(); // a battery saver does not give it: the page says that the screen may go dark
    } finally {
      this.asking = false;
    }
  }

  private lost(): void {
    if (this.held !== false) {
      this.held = false;
      this.changed();
    }
    window.clearTimeout(this.timer);
    if (this.wanted) this.timer = window.setTimeout(() => void this.ask(), AGAIN_MS);
  }
}

export interface Power {
  level: number;
  charging: boolean;
}

interface Battery extends EventTarget {
  level: number;
  charging: boolean;
}

/** The battery, where the browser tells (not on iPhones); told again at every change. */
export async function followPower(told: (power: Power) => void): Promise<void> {
  const ask = (navigator as { getBattery?: () => Promise<Battery> }).getBattery;
  if (ask === undefined) return;
  const battery = await ask.call(navigator).catch(() => null);
  if (battery === null) return;
  const tell = () => told({ level: battery.level, charging: battery.charging });
  battery.addEventListener("levelchange", tell);
  battery.addEventListener("chargingchange", tell);
  tell();
}

/** Bytes this page may still keep; null where the browser does not tell. */
export async function freeBytes(): Promise<number | null> {
  const told = await navigator.storage?.estimate?.().catch(() => null);
  if (told?.quota === undefined) return null;
  return Math.max(0, Math.round(told.quota - (told.usage ?? 0)));
}
