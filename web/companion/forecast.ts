/** How long battery and storage will last. Pure; what cannot be known is null and is said so. */

export interface PowerLook {
  at: number; // milliseconds
  level: number; // 0..1
  charging: boolean;
}

const LEAST_DROP = 0.01;

/** Milliseconds until the battery is empty at the pace since `first`; null while charging or nothing has dropped yet. */
export function batteryLeft(first: PowerLook, now: PowerLook): number | null {
  const [drop, ms] = [first.level - now.level, now.at - first.at];
  if (now.charging || first.charging || drop < LEAST_DROP || ms <= 0) return null;
  return (now.level / drop) * ms;
}

/** Milliseconds of film that still fit; `bytes` were recorded in `ms`, or the wanted rate counts before there are any. */
export function storageLeft(free: number, bytes: number, ms: number, wanted_bits: number): number {
  const rate = ms > 30_000 && bytes > 0 ? bytes / ms : wanted_bits / 8 / 1000;
  return Math.max(0, free) / rate;
}
