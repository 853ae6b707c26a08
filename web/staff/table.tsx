/** The table: only the rows in view are in the document, so that a thousand scroll smoothly. */
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes, clockShort, span } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import type { Row } from "./wire";
import { trackName } from "../shared/words";
import { phoneName, riskName, stageName } from "./words";

const HEIGHT = 52;
const SPARE = 8;

interface Props {
  rows: Row[];
  now: number;
  chosen: string | null;
  choose: (session: string) => void;
}

export function Table({ rows, now, chosen, choose }: Props) {
  const { tr } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, count: 40 });
  useEffect(() => {
    const shown = box.current;
    if (shown === null) return;
    const look = () => {
      const first = Math.max(0, Math.floor(shown.scrollTop / HEIGHT) - SPARE);
      const count = Math.ceil(shown.clientHeight / HEIGHT) + 2 * SPARE;
      setView((before) => (before.first === first && before.count === count ? before : { first, count }));
    };
    look();
    shown.addEventListener("scroll", look, { passive: true });
    const sized = new ResizeObserver(look);
    sized.observe(shown);
    return () => {
      shown.removeEventListener("scroll", look);
      sized.disconnect();
    };
  }, []);
  const first = Math.min(view.first, Math.max(0, rows.length - view.count));
  const part = rows.slice(first, first + view.count);
  return (
    <div class="rows" ref={box} tabIndex={0} role="region" aria-label={tr("考生列表", "Candidates")}>
      <table aria-rowcount={rows.length + 1}>
        <thead>
          <tr aria-rowindex={1}>
            <th scope="col">{tr("编号", "Number")}</th>
            <th scope="col">{tr("情况", "Situation")}</th>
            <th scope="col">{tr("环节", "Stage")}</th>
            <th scope="col">{tr("网络", "Network")}</th>
            <th scope="col">{tr("数据（已校验）", "Evidence (verified)")}</th>
            <th scope="col">{tr("未上传", "Left")}</th>
            <th scope="col">{tr("上传确认时限", "Window")}</th>
            <th scope="col">{tr("手机", "Phone")}</th>
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: `${first * HEIGHT}px` }} />}
          {part.map((row, index) => (
            <Line key={row.session} row={row} now={now} index={first + index + 2} on={row.session === chosen} choose={choose} />
          ))}
          {first + part.length < rows.length && (
            <tr aria-hidden="true" style={{ height: `${(rows.length - first - part.length) * HEIGHT}px` }} />
          )}
        </tbody>
      </table>
      {rows.length === 0 && <p class="none">{tr("没有符合条件的考生", "Nobody fits")}</p>}
    </div>
  );
}

interface LineProps {
  row: Row;
  now: number;
  index: number;
  on: boolean;
  choose: (session: string) => void;
}

function Line({ row, now, index, on, choose }: LineProps) {
  const { tr } = useDesk();
  const tone = TONES[row.risk] ?? "";
  const why = tr(row.why.zh, row.why.en);
  return (
    <tr class={`line ${tone}${on ? " on" : ""}`} aria-rowindex={index} onClick={() => choose(row.session)}>
      <th scope="row">
        <button type="button" class="link num" aria-expanded={on}>
          {row.number}
        </button>
        <small>{row.name}</small>
      </th>
      <td>
        <b>{riskName(row.risk, tr)}</b>
        <small title={why}>{why}</small>
      </td>
      <td>{row.stage === "" ? tr("未登录", "Not logged in") : stageName(row.stage, tr)}</td>
      <td>{network(row, now, tr)}</td>
      <td>
        <Evidence row={row} />
      </td>
      <td class="num">{row.remaining_bytes > 0 ? bytes(row.remaining_bytes) : "—"}</td>
      <td class="num">
        {deadline(row, now, tr)}
        {row.finish_ms !== null && row.risk !== "done" && (
          <small>{tr(`预计 ${clockShort(row.finish_ms)} 传完`, `all here about ${clockShort(row.finish_ms)}`)}</small>
        )}
      </td>
      <td>{row.phone_required || row.phone !== "none" ? phoneName(row.phone, tr) : "—"}</td>
    </tr>
  );
}

const TONES: Partial<Record<string, string>> = {
  late: "bad",
  help: "bad",
  not_recording: "bad",
  at_risk: "bad",
  absent: "warn",
  offline: "warn",
  phone: "warn",
  watch: "",
  done: "done",
};

type Tr = (zh: string, en: string) => string;

function network(row: Row, now: number, tr: Tr): string {
  if (row.connection === "never" || row.seen_ms === null) return "—";
  if (row.connection === "live") {
    return row.remaining_bytes > 0 && row.bytes_per_second > 0
      ? `${((row.bytes_per_second * 8) / 1e6).toFixed(1)} Mbit/s`
      : tr("正常", "Fine");
  }
  const minutes = Math.floor((now - row.seen_ms) / 60_000);
  return minutes > 0 ? tr(`中断 ${minutes} 分钟`, `silent ${minutes} min`) : tr("消息稍慢", "slow");
}

function deadline(row: Row, now: number, tr: Tr): string {
  if (row.risk === "done") {
    const at = row.finish_ms === null ? "" : clockShort(row.finish_ms);
    return row.assessment === "confirmed_late" ? tr(`超时完成 ${at}`, `late, ${at}`) : tr(`上传成功 ${at}`, `confirmed ${at}`);
  }
  if (row.deadline_ms === null) return "—";
  const left = row.deadline_ms - now;
  return left < 0 ? tr(`超时 ${span(-left)}`, `${span(-left)} late`) : tr(`剩 ${span(left)}`, `${span(left)} left`);
}

/** The strip of a row: how much of what is known to exist the center holds, verified; the rest is still to come. */
function Evidence({ row }: { row: Row }) {
  const { tr } = useDesk();
  const held = Object.values(row.tracks).reduce((sum, track) => sum + track.verified_bytes, 0);
  const links = Object.entries(row.tracks).filter(([track]) => track !== "timeline");
  if (held === 0 && row.remaining_bytes === 0) return <span>—</span>;
  const share = (held / (held + row.remaining_bytes)) * 100;
  const told = links
    .map(([track, count]) => `${trackName(track, tr)} ${count.verified_links}${count.gaps > 0 ? tr(`（缺 ${count.gaps}）`, ` (${count.gaps} gaps)`) : ""}`)
    .join(" · ");
  return (
    <>
      <div class="lane mini" aria-hidden="true">
        <s class="recorded" style={{ left: 0, width: "100%" }} />
        <s class="verified" style={{ left: 0, width: `${share}%` }} />
      </div>
      <small>{told}</small>
    </>
  );
}
