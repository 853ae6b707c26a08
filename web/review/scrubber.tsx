/**
 * The evidence strip as a scrubber: one lane per track, gaps hatched; chapters, incidents and marks above; one playhead.
 *
 * The slider is what keyboards and screen readers use; a click anywhere on the strip does the same.
 */
import { useMemo, useRef } from "preact/hooks";
import { Lane as StripLane } from "../shared/lane";
import { clock as clockText, span } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { trackName } from "../shared/words";
import { cellsOf } from "./pieces";
import type { ReviewBody } from "./wire";
import { chapterName, gapName } from "./words";

const SHOWN_GAPS = 3;

interface Props {
  body: ReviewBody;
  from: number;
  to: number;
  at: number;
  go: (at: number) => void;
}

export function Scrubber({ body, from, to, at, go }: Props) {
  const { tr } = useDesk();
  const field = useRef<HTMLDivElement>(null);
  const all = Math.max(1, to - from);
  const place = (ms: number) => `${(Math.min(Math.max(ms - from, 0), all) / all) * 100}%`;
  const cells = useMemo(() => new Map(body.lanes.map((lane) => [lane.track, cellsOf(lane)])), [body.lanes]);
  const incidents = body.happenings.filter((one) => one.incident && one.at_ms >= from && one.at_ms <= to);
  const gaps = body.lanes.flatMap((lane) =>
    lane.pieces.filter((piece) => piece.gap).map((piece) => ({ track: lane.track, piece })),
  );
  const point = (event: PointerEvent) => {
    const box = field.current?.getBoundingClientRect();
    if (box !== undefined && box.width > 0) go(from + ((event.clientX - box.left) / box.width) * all);
  };
  return (
    <figure class="scrub card">
      <div class="strip">
        <span class="small">{tr("章节", "Chapters")}</span>
        <div class="chapters">
          {body.chapters
            .filter((one) => one.at_ms >= from && one.at_ms <= to)
            .map((one, index) => (
              <button
                key={index}
                type="button"
                class="chapter num"
                style={{ left: place(one.at_ms) }}
                onClick={() => go(one.at_ms)}
              >
                {chapterName(one, tr)}
              </button>
            ))}
        </div>
        <small class="num">{span(all)}</small>
        <span class="small">{tr("事件", "Events")}</span>
        <div class="marks" aria-hidden="true">
          {incidents.map((one, index) => (
            <i key={index} title={`${clockText(one.at_ms)} ${tr(one.zh, one.en)}`} style={{ left: place(one.at_ms) }} />
          ))}
          {body.marks.map((one) => (
            <i key={`m${one.id}`} class="own" title={`${one.by}：${one.text}`} style={{ left: place(one.at_ms) }} />
          ))}
        </div>
        <small class="num">
          {incidents.length} {tr("处", incidents.length === 1 ? "event" : "events")}
        </small>
        {body.lanes.map((lane) => {
          const played = lane.pieces.filter((piece) => !piece.gap).length;
          return [
            <span key={`${lane.track}n`}>{trackName(lane.track, tr)}</span>,
            <StripLane key={`${lane.track}l`} cells={cells.get(lane.track) ?? []} from={from} to={to} />,
            <small key={`${lane.track}c`} class="num">
              {tr(`${played} 段`, `${played} segments`)}
            </small>,
          ];
        })}
        <span class="small">{tr("时间", "Time")}</span>
        <input
          type="range"
          min={from}
          max={to}
          step={100}
          value={at}
          aria-label={tr("时间", "Time")}
          aria-valuetext={clockText(at)}
          onInput={(event) => go(event.currentTarget.valueAsNumber)}
        />
        <small class="num">{clockText(at)}</small>
        <div
          class="field"
          ref={field}
          aria-hidden="true"
          onPointerDown={(event) => {
            event.currentTarget.setPointerCapture(event.pointerId);
            point(event);
          }}
          onPointerMove={(event) => event.buttons === 1 && point(event)}
        >
          <b style={{ left: place(at) }} />
        </div>
      </div>
      <figcaption>
        <div class="legend" aria-hidden="true">
          <span>
            <s class="verified" />
            {tr("考务平台已校验", "Verified by the center")}
          </span>
          <span>
            <s class="gap" />
            {tr("缺失时段", "Gaps")}{" "}
            {gaps.length === 0
              ? tr("无", "none")
              : gaps
                  .slice(0, SHOWN_GAPS)
                  .map(({ track, piece }) => `${trackName(track, tr)} ${stretch(piece)}`)
                  .join(tr("，", ", "))}
            {gaps.length > SHOWN_GAPS && tr(`，另有 ${gaps.length - SHOWN_GAPS} 处`, `, ${gaps.length - SHOWN_GAPS} more`)}
          </span>
          <span>
            <em class="sign-mark" />
            {tr("事件", "Events")}
          </span>
          <span>
            <em class="sign-mark own" />
            {tr("复核标记", "Reviewers' marks")}
          </span>
        </div>
        <ul class="hidden">
          {gaps.map(({ track, piece }) => (
            <li key={`${track}${piece.start_ms}`}>
              {trackName(track, tr)} {stretch(piece)} {gapName(piece.reason, tr)}
            </li>
          ))}
        </ul>
      </figcaption>
    </figure>
  );
}

const stretch = (piece: { start_ms: number; duration_ms: number }) =>
  `${clockText(piece.start_ms)}–${clockText(piece.start_ms + piece.duration_ms)}`;
