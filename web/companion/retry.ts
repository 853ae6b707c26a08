/** What to do after a failed request. Pure; the same rules as the laptop's `syncd.policy`, for one browser. */

export interface Next {
  /** Wait so long before this one is tried again. */
  wait_ms: number;
  /** Its place at the center is gone or useless: create it anew. */
  anew: boolean;
  /** Ask for a new token first. */
  token: boolean;
}

const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** Refusals that trying again does not change soon: it goes on, slowly, because nothing recorded is given up. */
const STUBBORN_MS = 60_000;

/** Exponential with full jitter, never under a tenth of its bound. */
export function backoff(attempt: number, random: number): number {
  const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(most * (0.1 + 0.9 * random));
}

/** `status` is null when nobody answered; `attempt` counts failures in a row from 0; `random` in [0, 1). */
export function decide(status: number | null, attempt: number, retryAfterMs: number | null, random: number): Next {
  const wait_ms = Math.max(backoff(attempt, random), retryAfterMs ?? 0);
  const next = { wait_ms, anew: false, token: false };
  if (status === null || status >= 500 || status === 423 || status === 429 || status === 408) return next;
  if (status === 401) return { ...next, token: true };
  if (status === 404 || status === 410 || status === 460) return { ...next, anew: true };
  if (status === 409) return next; // another offset is held: the next try asks for it
  return { ...next, wait_ms: Math.max(wait_ms, Math.round(STUBBORN_MS * (0.5 + random / 2))) };
}
