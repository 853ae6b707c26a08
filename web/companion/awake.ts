/** Keeps the screen on, and looks at battery and storage. Owns nothing that films: without any of it filming goes on. */

export class Awake {
  private lock: WakeLockSentinel | null = null;
  private wanted = false;
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

  /** The system takes the lock back whenever the page is hidden. */
  private async ask(): Promise<void> {
    if (!this.wanted || this.held === null || document.visibilityState !== "visible") return;
    if (this.lock !== null && !this.lock.released) return;
    try {
      this.lock = await navigator.wakeLock.request("screen");
      this.held = true;
      this.lock.addEventListener("release", () => {
        this.held = false;
        this.changed();
      });
    } catch {
      this.held = false; // battery saver: the page says that the screen may go dark
    }
    this.changed();
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
