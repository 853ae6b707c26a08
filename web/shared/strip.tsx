/**
 * The evidence strip: a band of time, one lane per track, one cell per segment, filling in three steps.
 * Cells come from the server in order of time.
 */
import { useApp } from "./app";
import { Lane } from "./lane";
import type { Strip as StripState, TrackView } from "./pagestate";
import { clock } from "./time";

const TRACKS: Record<string, readonly [string, string]> = {
  camera: ["摄像", "Camera"],
  screen: ["录屏", "Screen"],
  companion: ["佐证", "Phone"],
  timeline: ["过程记录", "Timeline"],
};
const SHOWN_GAPS = 2;

export function trackName(track: string): readonly [string, string] {
  return TRACKS[track] ?? [track, track];
}

export function Strip({ strip, tracks }: { strip: StripState; tracks: TrackView[] }) {
  const { tr } = useApp();
  const all = Math.max(1, strip.to_ms - strip.from_ms);
  const gaps = strip.lanes.flatMap((lane) =>
    lane.cells.filter((cell) => cell.state === "gap").map((cell) => ({ ...cell, track: lane.track })),
  );
  return (
    <figure class="strip-box">
      <div class="strip">
        {strip.marks.length > 0 && (
          <>
            <span class="small">{tr("事件", "Events")}</span>
            <div class="marks" aria-hidden="true">
              {strip.marks.map((ms) => (
                <i key={ms} style={{ left: `${((ms - strip.from_ms) / all) * 100}%` }} />
              ))}
            </div>
            <small class="num">
              {strip.marks.length} {tr("处", strip.marks.length === 1 ? "mark" : "marks")}
            </small>
          </>
        )}
        {strip.lanes.map((lane) => {
          const track = tracks.find((one) => one.track === lane.track);
          return [
            <span key={`${lane.track}n`}>{tr(...trackName(lane.track))}</span>,
            <Lane key={`${lane.track}l`} cells={lane.cells} from={strip.from_ms} to={strip.to_ms} />,
            <small key={`${lane.track}c`} class="num">
              {track === undefined ? "" : `${track.verified_segments} / ${track.segments} ${tr("段", "verified")}`}
            </small>,
          ];
        })}
      </div>
      <figcaption>
        <div class="legend" aria-hidden="true">
          <span>
            <s class="recorded" />
            {tr("已录制", "Recorded")}
          </span>
          <span>
            <s class="sent" />
            {tr("已发送", "Sent")}
          </span>
          <span>
            <s class="verified" />
            {tr("考务平台已校验", "Verified by the center")}
          </span>
          {gaps.length > 0 && (
            <span>
              <s class="gap" />
              {tr("缺失时段", "Gaps")}{" "}
              {gaps
                .slice(0, SHOWN_GAPS)
                .map((gap) => `${tr(...trackName(gap.track))} ${clock(gap.from_ms)}–${clock(gap.to_ms)}`)
                .join(tr("，", ", "))}
              {gaps.length > SHOWN_GAPS && tr(`，另有 ${gaps.length - SHOWN_GAPS} 处`, `, ${gaps.length - SHOWN_GAPS} more`)}
            </span>
          )}
        </div>
        <ul class="hidden">
          {tracks.map((track) => (
            <li key={track.track}>
              {tr(
                `${trackName(track.track)[0]}：共 ${track.segments} 段，已发送 ${track.sent_segments} 段，考务平台已校验 ${track.verified_segments} 段，缺失时段 ${track.gaps} 处`,
                `${trackName(track.track)[1]}: ${track.segments} segments, ${track.sent_segments} sent, ${track.verified_segments} verified by the center, ${track.gaps} gaps`,
              )}
            </li>
          ))}
          {gaps.map((gap) => (
            <li key={`${gap.track}${gap.from_ms}`}>
              {tr("缺失时段", "Gap")} {tr(...trackName(gap.track))} {clock(gap.from_ms)}–{clock(gap.to_ms)}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}
