/** Beside the pictures: incidents and marks to jump to, a new mark at this moment, conclusions of each reviewer. */
import { useId, useState } from "preact/hooks";
import { clock, dateTime } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { sourceName } from "../shared/words";
import type { HappeningBody, ReviewBody } from "./wire";
import { VERDICTS, verdictName } from "./words";

interface Props {
  body: ReviewBody;
  happenings: HappeningBody[];
  now: number;
  go: (at: number) => void;
  again: () => void;
}

export function Notes({ body, happenings, now, go, again }: Props) {
  const { tr, me, act } = useDesk();
  const id = useId();
  const own = body.conclusions.find((one) => one.by === me.name);
  const [all, setAll] = useState(false);
  const told = all ? happenings : happenings.filter((one) => one.incident);
  const [text, setText] = useState("");
  const [verdict, setVerdict] = useState(own?.verdict ?? "nothing_found");
  const [words, setWords] = useState(own?.text ?? "");
  const at = `/review/sessions/${body.session}`;
  return (
    <div class="notes">
      <section class="card">
        <h2>{tr("标记", "Marks")}</h2>
        <form
          class="answer-form"
          onSubmit={(event) => {
            event.preventDefault();
            if (text.trim() === "") return;
            void act(`${at}/marks`, { at_ms: Math.round(now), text: text.trim() }).then((done) => {
              if (done) {
                setText("");
                again();
              }
            });
          }}
        >
          <input
            aria-label={tr("在此刻做标记", "Mark this moment")}
            placeholder={tr(`在 ${clock(now)} 做标记`, `Mark ${clock(now)}`)}
            maxLength={2000}
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
          <button type="submit" class="btn act">
            {tr("标记", "Mark")}
          </button>
        </form>
        <ol class="timeline">
          {body.marks.map((mark) => (
            <li key={mark.id}>
              <button type="button" class="link num" onClick={() => go(mark.at_ms)}>
                {clock(mark.at_ms)}
              </button>
              <b>{mark.by}</b> {mark.text}
            </li>
          ))}
        </ol>
      </section>
      <section class="card">
        <h2>
          {tr("过程记录", "Timeline")} <span class="num">{told.length}</span>
        </h2>
        <label class="tick">
          <input type="checkbox" checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />{" "}
          {tr("不只是事件，全部显示", "Everything, not the incidents alone")}
        </label>
        <ol class="timeline far-scroll" tabIndex={0} aria-label={tr("过程记录", "Timeline")}>
          {told.map((one, index) => (
            <li key={index}>
              <button type="button" class="link num" onClick={() => go(one.at_ms)}>
                {clock(one.at_ms)}
              </button>
              <span class="tag">{sourceName(one.source, tr)}</span>
              {tr(one.zh, one.en)}
            </li>
          ))}
          {told.length === 0 && <li>{tr("没有事件", "No incidents")}</li>}
        </ol>
      </section>
      <section class="card">
        <h2>{tr("结论", "Conclusions")}</h2>
        {body.conclusions.map((one) => (
          <p key={one.by}>
            <b>{one.by}</b>：{verdictName(one.verdict, tr)} {one.text}{" "}
            <small class="num">{dateTime(one.made_ms)}</small>
          </p>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void act(`${at}/conclusion`, { verdict, text: words.trim() }).then((done) => done && again());
          }}
        >
          <label for={`${id}v`}>{tr("我的结论", "My conclusion")}</label>{" "}
          <select id={`${id}v`} value={verdict} onChange={(event) => setVerdict(event.currentTarget.value)}>
            {Object.entries(VERDICTS).map(([name, pair]) => (
              <option key={name} value={name}>
                {tr(...pair)}
              </option>
            ))}
          </select>
          <textarea
            aria-label={tr("说明", "Words")}
            rows={2}
            maxLength={2000}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
          <button type="submit" class="btn act">
            {own === undefined ? tr("提交结论", "Conclude") : tr("更改结论", "Change it")}
          </button>
        </form>
      </section>
    </div>
  );
}
