/** The samples of a laptop's heartbeats as columns for a chart. Pure. */
import type { BacklogPoint } from "./wire";

/** Longer without a word: the line breaks, since nobody knows what was between. */
const SILENT_MS = 90_000;

/** Columns for the chart: seconds, backlog, rate; a silence is a hole. */
export function columns(points: readonly BacklogPoint[]): [number[], (number | null)[], (number | null)[]] {
  const at: number[] = [];
  const left: (number | null)[] = [];
  const sent: (number | null)[] = [];
  let before: number | null = null;
  for (const point of points) {
    if (before !== null && point.at_ms - before > SILENT_MS) {
      at.push((before + point.at_ms) / 2000);
      left.push(null);
      sent.push(null);
    }
    at.push(point.at_ms / 1000);
    left.push(point.remaining_bytes);
    sent.push(point.bytes_per_second);
    before = point.at_ms;
  }
  return [at, left, sent];
}
