/** Where a moment of center time lies in the footage of a track. Pure. */
import type { StripCell } from "../shared/pagestate";
import type { LaneBody, PieceBody } from "./wire";

/** A stretch that nobody declared missing, so short that the picture before it is left standing: clocks of devices jump. */
const HOLE_MS = 500;

/** The place of the piece that covers `at`; -1 where nothing was recorded and nothing declared. */
export function indexAt(pieces: readonly PieceBody[], at: number): number {
  const index = begunBy(pieces, at);
  const piece = pieces[index];
  return piece !== undefined && at < piece.start_ms + piece.duration_ms ? index : -1;
}

/** Which piece stands at `at`, and how many seconds into it: the end of the one before where a small hole is. */
export function standAt(pieces: readonly PieceBody[], at: number): [index: number, into: number] {
  const index = begunBy(pieces, at);
  const piece = pieces[index];
  if (piece === undefined || at - piece.start_ms - piece.duration_ms >= HOLE_MS) return [-1, 0];
  return [index, Math.min(at - piece.start_ms, Math.max(0, piece.duration_ms - 1)) / 1000];
}

/** The place of the last piece that has begun; -1: none. */
function begunBy(pieces: readonly PieceBody[], at: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (at < (pieces[middle] as PieceBody).start_ms) high = middle - 1;
    else low = middle + 1;
  }
  return high;
}

/** First and last moment of everything. */
export function bounds(lanes: LaneBody[]): [from: number, to: number] {
  let [from, to] = [Infinity, -Infinity];
  for (const lane of lanes) {
    for (const piece of lane.pieces) {
      from = Math.min(from, piece.start_ms);
      to = Math.max(to, piece.start_ms + piece.duration_ms);
    }
  }
  return from > to ? [0, 0] : [from, to];
}

/** Whether both tell of the same footage: then nothing that plays is begun anew. */
export const sameFootage = (one: LaneBody[], other: LaneBody[]): boolean =>
  one.length === other.length &&
  one.every((lane, n) => {
    const [last, newest] = [lane.pieces.at(-1), other[n]?.pieces.at(-1)];
    return lane.pieces.length === other[n]?.pieces.length && last?.start_ms === newest?.start_ms;
  });

/** The cells of a lane of the strip: everything here is verified, gaps are declared. */
export const cellsOf = (lane: LaneBody): StripCell[] =>
  lane.pieces.map((piece) => ({
    from_ms: piece.start_ms,
    to_ms: piece.start_ms + piece.duration_ms,
    state: piece.gap ? "gap" : "verified",
    count: 1,
  }));

/** The moment of `moments` (in order) before or after `at`; a moment just begun does not count as before. */
export function beside(moments: readonly number[], at: number, forward: boolean): number | null {
  const JUST_MS = 1500;
  if (forward) return moments.find((one) => one > at + 1) ?? null;
  return moments.filter((one) => one < at - JUST_MS).at(-1) ?? null;
}
