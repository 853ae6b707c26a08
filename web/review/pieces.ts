/** Where a moment of center time lies in the footage of a track. Pure. */
import type { StripCell } from "../shared/pagestate";
import type { LaneBody, PieceBody } from "./wire";

/** The place of the piece that covers `at`; -1 where nothing was recorded and nothing declared. */
export function indexAt(pieces: readonly PieceBody[], at: number): number {
  let low = 0;
  let high = pieces.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle] as PieceBody;
    if (at < piece.start_ms) high = middle - 1;
    else if (at >= piece.start_ms + piece.duration_ms) low = middle + 1;
    else return middle;
  }
  return -1;
}

/** The piece that covers `at`; null where nothing was recorded and nothing declared. */
export const pieceAt = (lane: LaneBody, at: number): PieceBody | null => lane.pieces[indexAt(lane.pieces, at)] ?? null;

/** Seconds on the clock of what is played; null in a gap. */
export function mediaAt(lane: LaneBody, at: number): number | null {
  const piece = pieceAt(lane, at);
  return piece === null || piece.gap ? null : (piece.media_ms + at - piece.start_ms) / 1000;
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
