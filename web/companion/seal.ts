/**
 * The seal: one link of this phone's hash chain, in the very form of `domain/seal.py` (same golden vectors).
 *
 * Owns the form, the hash and the sums over a chain. Never stores and never sends.
 */
import { type Json, canonical, sha256, utf8 } from "./canonical";

export const TRACK = "companion";
export const EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Those of `domain.seal.GapReason` that a phone can know. */
export type GapReason =
  | "recorder_died" // the page was killed or loaded anew
  | "stalled" // the recorder lived but gave nothing
  | "suspended" // locked, in the background, asleep
  | "clock_stepped"
  | "device_lost" // a call, the camera taken by another app
  | "device_switched"
  | "disk_full"
  | "no_footage"
  | "stopped";

/** `boot_ns` is a decimal string (it may pass 2^53); all times as in `domain.seal.Seal`. */
export interface Seal {
  kind: "init" | "segment" | "gap";
  session: string;
  device: string;
  track: string;
  run: string;
  index: number;
  seq: number;
  prev: string;
  boot_id: string;
  boot_ns: string;
  center_ms: number;
  center_est: boolean;
  wall_ms: number;
  duration_ms: number;
  size: number;
  sha256: string;
  reason?: string;
}

/** RFC 8785 form: what is stored, sent and hashed. */
export const sealText = (seal: Seal): string => canonical({ v: 1, ...seal } as unknown as Json);

export const sealHash = (text: string): Promise<string> => sha256(utf8(`zhishi/seal/1\n${text}`));

/** The first `prev` of a chain. */
export const genesis = (session: string, device: string, track: string): Promise<string> =>
  sha256(utf8(`zhishi/genesis/1\n${session}\n${device}\n${track}`));

/** One track as manifests state it: `domain.chain.TrackSummary`. */
export interface Summary {
  links: number;
  segments: number;
  bytes: number;
  duration_ms: number;
  gaps: number;
  gap_ms: number;
  head: string;
}

export const emptySummary = (head: string): Summary => ({
  links: 0,
  segments: 0,
  bytes: 0,
  duration_ms: 0,
  gaps: 0,
  gap_ms: 0,
  head,
});

/** The sums with one more link; `hash` is that link's. */
export function withLink(sum: Summary, seal: Pick<Seal, "kind" | "size" | "duration_ms">, hash: string): Summary {
  const [segment, gap] = [seal.kind === "segment", seal.kind === "gap"];
  return {
    links: sum.links + 1,
    segments: sum.segments + (segment ? 1 : 0),
    bytes: sum.bytes + seal.size,
    duration_ms: sum.duration_ms + (segment ? seal.duration_ms : 0),
    gaps: sum.gaps + (gap ? 1 : 0),
    gap_ms: sum.gap_ms + (gap ? seal.duration_ms : 0),
    head: hash,
  };
}

/** When something begins, in all the clocks of a seal. */
export type Begin = Pick<Seal, "boot_id" | "boot_ns" | "center_ms" | "center_est" | "wall_ms">;

/** When `seal`'s stretch of time ended. */
export function endOf(seal: Seal): Begin {
  return {
    boot_id: seal.boot_id,
    boot_ns: String(BigInt(seal.boot_ns) + BigInt(seal.duration_ms) * 1_000_000n),
    center_ms: seal.center_ms + seal.duration_ms,
    center_est: seal.center_est,
    wall_ms: seal.wall_ms + seal.duration_ms,
  };
}

/**
 * Milliseconds from one moment to a later one, never negative. Within one life of the page its own clock tells, unless it
 * may have stood still (`asleep`); else center time, unless one of the two is an estimate; else the wall clock.
 */
export function between(from: Begin, to: Begin, asleep: boolean): number {
  const own = Number((BigInt(to.boot_ns) - BigInt(from.boot_ns)) / 1_000_000n);
  const wall = to.wall_ms - from.wall_ms;
  const known = !from.center_est && !to.center_est;
  if (from.boot_id === to.boot_id) return Math.max(0, own, asleep ? wall : 0);
  return Math.max(0, known ? to.center_ms - from.center_ms : wall);
}
