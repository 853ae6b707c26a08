/** Where a moment of center time lies in the footage of a track. Pure. */
import type { LaneBody, PieceBody } from "./wire";

/** The piece that covers `at`; null where nothing was recorded and nothing declared. */
export function pieceAt(lane: LaneBody, at: number): PieceBody | null {
  let low = 0;
  let high = lane.pieces.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const piece = lane.pieces[middle] as PieceBody;
    if (at < piece.start_ms) high = middle - 1;
    else if (at >= piece.start_ms + piece.duration_ms) low = middle + 1;
    else return piece;
  }
  return null;
}

/** Seconds on the media clock of the track's playlist; null in a gap. */
export function mediaAt(lane: LaneBody, at: number): number | null {
  const piece = pieceAt(lane, at);
  return piece === null || piece.gap ? null : (piece.media_ms + at - piece.start_ms) / 1000;
}

/** First and last moment of everything. */
export function bounds(lanes: LaneBody[]): [from: number, to: number] {
  const pieces = lanes.flatMap((lane) => lane.pieces);
  if (pieces.length === 0) return [0, 0];
  return [
    Math.min(...pieces.map((piece) => piece.start_ms)),
    Math.max(...pieces.map((piece) => piece.start_ms + piece.duration_ms)),
  ];
}
