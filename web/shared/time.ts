/** Center time on the page: a clock that runs between two states, and how times are written. */
import { useEffect, useState } from "preact/hooks";

/** Interviews are announced in China's one time zone; a laptop set to another must not show other hours. */
const ZONE = "Asia/Shanghai";

export interface Anchor {
  center_ms: number;
  /** performance.now() when center_ms was told */
  at: number;
}

export function nowOf(anchor: Anchor): number {
  return anchor.center_ms + (performance.now() - anchor.at);
}

/** Center time, told anew at every full second of it. */
export function useNow(anchor: Anchor): number {
  const [, tick] = useState(0);
  const now = nowOf(anchor);
  useEffect(() => {
    const timer = window.setTimeout(() => tick((n) => n + 1), 1000 - (nowOf(anchor) % 1000) + 5);
    return () => window.clearTimeout(timer);
  });
  return now;
}

const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: ZONE, hour: "2-digit", minute: "2-digit", second: "2-digit" });
const DAY = new Intl.DateTimeFormat("sv-SE", { timeZone: ZONE, year: "numeric", month: "2-digit", day: "2-digit" });

/** 09:12:41 */
export const clock = (ms: number) => CLOCK.format(ms);
/** 09:12 */
export const clockShort = (ms: number) => CLOCK.format(ms).slice(0, 5);
/** 2026-05-16 09:12:41 */
export const dateTime = (ms: number) => `${DAY.format(ms)} ${CLOCK.format(ms)}`;

/** China keeps one offset all year. */
const OFFSET = "+08:00";

/** 2026-05-16T09:12, as a field for a moment has it. */
export const toLocal = (ms: number) => dateTime(ms).slice(0, 16).replace(" ", "T");

/** The moment such a field names; null while it names none. */
export function fromLocal(text: string): number | null {
  const ms = Date.parse(`${text}:00${OFFSET}`);
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(text) && !Number.isNaN(ms) ? ms : null;
}

/** 14:32 or 1:04:32; never below zero; rounded up, so that 0:00 means over. */
export function span(ms: number): string {
  const all = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60), all % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${two(m)}:${two(s)}`;
}

export function bytes(n: number): string {
  if (n < 1e6) return `${Math.ceil(n / 1e3)} KB`;
  return n < 1e9 ? `${(n / 1e6).toFixed(1)} MB` : `${(n / 1e9).toFixed(2)} GB`;
}
