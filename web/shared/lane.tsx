/**
 * One lane of the evidence strip: a band of time, one cell per segment, filling in three steps.
 *
 * Neighbours that have no room of their own are merged, and a merged cell never shows more than its weakest part: full
 * means that every segment in it is verified, and a gap always stays seen.
 */
import type { StripCell } from "./pagestate";

const MOST_CELLS = 160;
const RANK = { gap: 0, recorded: 1, sent: 2, verified: 3 } as const;

/** At most `most` cells over the band; each says the weakest of what it covers. Exported for tests. */
export function merged(cells: StripCell[], from: number, to: number, most: number): StripCell[] {
  const slot = (to - from) / most;
  const out: StripCell[] = [];
  for (const cell of cells) {
    const last = out.at(-1);
    const tiny = cell.to_ms - cell.from_ms < slot && last !== undefined && last.to_ms - last.from_ms < slot;
    if (last === undefined || !tiny || last.state === "gap" || cell.state === "gap") {
      out.push({ ...cell });
      continue;
    }
    last.to_ms = cell.to_ms;
    last.count += cell.count;
    if (RANK[cell.state] < RANK[last.state]) last.state = cell.state;
  }
  return out;
}

/** Told as one by the server, but each of its segments has room for a cell of its own. */
function separable(cell: StripCell, all: number): boolean {
  return cell.count > 1 && (cell.to_ms - cell.from_ms) / all / cell.count > 1 / MOST_CELLS;
}

export function Lane({ cells, from, to }: { cells: StripCell[]; from: number; to: number }) {
  const all = Math.max(1, to - from);
  const at = (ms: number) => `${(Math.min(Math.max(ms - from, 0), all) / all) * 100}%`;
  return (
    <div class="lane" aria-hidden="true">
      {merged(cells, from, to, MOST_CELLS).map((cell) => (
        <s
          key={cell.from_ms}
          class={`${cell.state}${separable(cell, all) ? " many" : ""}`}
          style={{
            left: at(cell.from_ms),
            width: `${((cell.to_ms - cell.from_ms) / all) * 100}%`,
            "--n": String(cell.count),
          }}
        />
      ))}
    </div>
  );
}
