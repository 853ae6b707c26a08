/** One candidate: what is true, what helps, help requests, acts with reason and confirmation, charts, devices, timeline. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { bytes, dateTime } from "../shared/time";
import { trackName } from "../shared/words";
import { Acts } from "./acts";
import { Chart } from "./chart";
import { Script } from "./codes";
import { DeviceFacts } from "./devices";
import { Helps } from "./helps";
import { History } from "./history";
import type { CandidateBody, Row } from "./wire";
import { healthName, phoneName, recorderName, riskName, stageName } from "./words";

const EVERY_MS = 5000;

export function Person({ row, leave }: { row: Row; leave: () => void }) {
  const { tr, ask } = useDesk();
  const [body, setBody] = useState<CandidateBody | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const load = useCallback(
    () => void ask<CandidateBody>(`/candidates/${row.session}`).then((told) => told !== null && setBody(told)),
    // asked anew by the timer below; `ask` changes with every event of the stream
    [row.session],
  );
  useEffect(() => {
    heading.current?.focus();
    load();
    const timer = window.setInterval(load, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [load]);
  const why = tr(row.why.zh, row.why.en);
  const remedy = tr(row.remedy.zh, row.remedy.en);
  return (
    <aside
      class="person card"
      aria-label={tr("考生", "Candidate")}
      onKeyDown={(event) => {
        if (event.key === "Escape") leave();
      }}
    >
      <header>
        <h2 ref={heading} tabIndex={-1}>
          <span class="num">{row.number}</span> {row.name}
        </h2>
        <button type="button" class="btn quiet" onClick={leave}>
          {tr("关闭", "Close")}
        </button>
      </header>
      <p class="small">{tr("来电者先核实姓名、准考证号和证件后四位，再说情况", "Verify a caller by name, number and last four of the ID before you say anything")}</p>
      <p class={`say ${row.risk === "calm" || row.risk === "done" ? "ok" : "warn"}`}>
        <span class="sign" aria-hidden="true">
          {row.risk === "calm" || row.risk === "done" ? "✓" : "!"}
        </span>
        <span>
          <b>{riskName(row.risk, tr)}</b> {why}
          {remedy !== "" && (
            <>
              <br />
              {tr("建议：", "Suggested: ")}
              {remedy}
            </>
          )}
        </span>
      </p>
      <dl class="facts">
        <dt>{tr("服务码", "Support code")}</dt>
        <dd class="num">{row.support_code}</dd>
        <dt>{tr("场次", "Batch")}</dt>
        <dd>{row.batch}</dd>
        <dt>{tr("环节", "Stage")}</dt>
        <dd>{row.stage === "" ? "—" : stageName(row.stage, tr)}</dd>
        <dt>{tr("最近消息", "Last heard of")}</dt>
        <dd class="num">{row.seen_ms === null ? "—" : dateTime(row.seen_ms)}</dd>
        <dt>{tr("录制", "Recorder")}</dt>
        <dd>
          {[
            recorderName(row.recorder, tr),
            ...Object.entries(row.health).map(([track, health]) => `${trackName(track, tr)} ${healthName(health, tr)}`),
          ].join(" · ")}
        </dd>
        <dt>{tr("已校验", "Verified")}</dt>
        <dd>
          {Object.entries(row.tracks)
            .map(([track, count]) => `${trackName(track, tr)} ${count.verified_links} · ${bytes(count.verified_bytes)}`)
            .join("；") || "—"}
        </dd>
        <dt>{tr("手机", "Phone")}</dt>
        <dd>{phoneName(row.phone, tr)}</dd>
        {body !== null && (
          <>
            <dt>{tr("上传时长", "Window")}</dt>
            <dd class="num">
              {tr(`${body.window_ms / 60_000} 分钟`, `${body.window_ms / 60_000} min`)}
              {body.extra_ms > 0 && tr(`；答题已延长 ${body.extra_ms / 60_000} 分钟`, `; ${body.extra_ms / 60_000} min more to answer`)}
            </dd>
          </>
        )}
        <dt>{tr("时限", "Window closes")}</dt>
        <dd class="num">{row.deadline_ms === null ? "—" : dateTime(row.deadline_ms)}</dd>
        {row.finish_ms !== null && (
          <>
            <dt>{row.risk === "done" ? tr("确认于", "Confirmed at") : tr("预计完成", "Forecast")}</dt>
            <dd class="num">{dateTime(row.finish_ms)}</dd>
          </>
        )}
        {row.troubles.length > 0 && (
          <>
            <dt>{tr("提示", "Notices")}</dt>
            <dd>
              {row.troubles.map((code) => (
                <Script key={code} code={code} />
              ))}
            </dd>
          </>
        )}
      </dl>
      {body !== null && (
        <>
          {body.help.length > 0 && <Helps items={body.help} body={body} done={load} />}
          <Acts body={body} done={load} />
          <section>
            <h3>{tr("未上传与速度", "Backlog and rate")}</h3>
            <Chart points={body.backlog} />
          </section>
          <DeviceFacts devices={body.devices} />
          <History entries={body.timeline} />
        </>
      )}
    </aside>
  );
}
