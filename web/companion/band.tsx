/** The evidence strip of this phone: one lane over everything it recorded. */
import { useMemo } from "preact/hooks";
import { Lane } from "../shared/lane";
import type { StripCell } from "../shared/pagestate";
import { useShown } from "./context";
import type { LinkRow } from "./store";

export function cellsOf(links: readonly LinkRow[]): StripCell[] {
  return links.map((link) => ({
    from_ms: link.from_ms,
    to_ms: link.from_ms + link.duration_ms,
    state: link.kind === "gap" ? "gap" : link.state,
    count: 1,
  }));
}

export function Band({ now }: { now: number | null }) {
  const { seen, tr } = useShown();
  const { counts } = seen;
  const key = `${counts.links}/${counts.sent}/${counts.verified}`;
  const cells = useMemo(() => cellsOf(seen.links), [key]);
  const from = cells[0]?.from_ms ?? 0;
  const to = Math.max(now ?? 0, cells.at(-1)?.to_ms ?? 0, from + 60_000);
  const words = tr(
    `共 ${counts.segments} 段，已校验 ${counts.verifiedSegments} 段，缺失时段 ${counts.gaps} 处`,
    `${counts.segments} segments, ${counts.verifiedSegments} verified, ${counts.gaps} gaps`,
  );
  return (
    <figure class="band">
      <Lane cells={cells} from={from} to={to} />
      <figcaption class="hidden">{words}</figcaption>
    </figure>
  );
}
