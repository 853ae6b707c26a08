/** One candidate: what is true, what helps, help requests, acts with reason and confirmation, and the whole timeline. */
import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { bytes, clock, dateTime } from "../shared/time";
import { Acts } from "./acts";
import { useDesk } from "../shared/desk/context";
import type { CandidateBody, HelpItem, Row } from "./wire";
import { sourceName, trackName } from "../shared/words";
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
            <dd>{row.troubles.join(", ")}</dd>
          </>
        )}
      </dl>
      {body !== null && (
        <>
          {body.help.length > 0 && <Helps items={body.help} body={body} done={load} />}
          <Acts body={body} done={load} />
          <details open>
            <summary>
              {tr("过程记录", "Timeline")} <span class="num">{body.timeline.length}</span>
            </summary>
            <ol class="timeline">
              {body.timeline
                .slice(-200)
                .reverse()
                .map((entry, index) => (
                  <li key={`${entry.at_ms}${index}`}>
                    <small class="num">{clock(entry.said_ms)}</small>
                    <span class="tag">{sourceName(entry.source, tr)}</span>
                    <b>{entry.kind}</b>
                    {entry.data !== "{}" && <code>{entry.data}</code>}
                  </li>
                ))}
            </ol>
          </details>
        </>
      )}
    </aside>
  );
}

function Helps({ items, body, done }: { items: HelpItem[]; body: CandidateBody; done: () => void }) {
  const { tr } = useDesk();
  return (
    <section>
      <h3>{tr("求助", "Calls for help")}</h3>
      <ol class="helps">
        {items.map((item) => (
          <li key={item.id}>
            <small class="num">
              {clock(item.asked_ms)} · {stageName(item.stage, tr)}
              {item.claimed_by !== "" && ` · ${tr("认领：", "taken by ")}${item.claimed_by}`}
            </small>
            <p>{item.text}</p>
            {item.answer === null ? (
              <Answer item={item} body={body} done={done} />
            ) : (
              <p class="answer">
                <b>{item.answered_by}: </b>
                {item.answer}
              </p>
            )}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Answer({ item, body, done }: { item: HelpItem; body: CandidateBody; done: () => void }) {
  const { tr, me, act } = useDesk();
  const [text, setText] = useState("");
  const send = (words: string) => {
    if (words !== "") void act(`/help/${item.id}/answer`, { text: words }).then(done);
  };
  return (
    <form
      class="answer-form"
      onSubmit={(event) => {
        event.preventDefault();
        send(text.trim());
      }}
    >
      {item.claimed_by !== me.name && (
        <button type="button" class="btn quiet" onClick={() => void act(`/help/${item.id}/claim`, { to: me.name }).then(done)}>
          {item.claimed_by === "" ? tr("认领", "Take it") : tr("接手", "Take over")}
        </button>
      )}
      {Object.entries(body.phrases).map(([name, words]) => (
        <button key={name} type="button" class="btn quiet" onClick={() => send(name)}>
          {tr(words.zh, words.en)}
        </button>
      ))}
      {body.answering ? (
        <p class="small">{tr("答题期间只能发送固定用语", "While they answer, only set phrases")}</p>
      ) : (
        <>
          <input
            aria-label={tr("答复", "Answer")}
            maxLength={2000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button type="submit" class="btn act">
            {tr("答复", "Answer")}
          </button>
        </>
      )}
    </form>
  );
}
