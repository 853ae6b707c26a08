/** The form, then what is true now; asked again by itself while it is open. Chinese first, English beneath. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { dateTime, span, useNow } from "../shared/time";
import { type Answer, ask, type Bilingual, type Failed } from "./question";

const EVERY_MS = 30_000;
const DIGITS = 8;
type Tone = "ok" | "warn" | "bad" | "info";
const TONES: Record<string, Tone> = {
  confirmed: "ok",
  confirmed_late: "ok",
  open: "info",
  running: "info",
  ahead: "info",
  late: "bad",
  absent: "warn",
  closed_with_loss: "warn",
};
const SIGNS: Record<Tone, string> = { ok: "✓", warn: "!", bad: "×", info: "i" };
const COUNTS = new Set(["running", "open", "late", "confirmed", "confirmed_late", "closed_with_loss"]);

interface Asked {
  number: string;
  code: string;
}

export function AskPage() {
  const id = useId();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const [failed, setFailed] = useState<Failed | null>(null);
  const [busy, setBusy] = useState(false);
  const [short, setShort] = useState(false);
  const result = useRef<HTMLElement>(null);

  const go = async (whose: Asked, first: boolean) => {
    setBusy(true);
    const told = await ask(whose.number, whose.code);
    setBusy(false);
    if ("failed" in told) {
      setFailed(told.failed);
      if (first) setAnswer(null);
      return;
    }
    setFailed(null);
    setAnswer(told.answer);
    setAsked(whose);
    if (first) window.setTimeout(() => result.current?.focus());
  };
  useEffect(() => {
    if (asked === null) return;
    const timer = window.setInterval(() => void go(asked, false), EVERY_MS);
    return () => window.clearInterval(timer);
  }, [asked]);

  return (
    <main class="ask">
      <h1>
        上传情况查询 <span lang="en">Has my interview arrived?</span>
      </h1>
      <p>
        用准考证号和智试云页面上的 8 位服务码查询，任何设备都可以，不需要登录。
        <br />
        <span lang="en">By number and the 8-digit support code shown by the program, from any device, without login.</span>
      </p>
      <form
        class="card"
        autocomplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          const said = new FormData(event.currentTarget);
          const number = String(said.get("number")).trim();
          const code = String(said.get("code"))
            .normalize("NFKC")
            .replace(/\D/g, "");
          setShort(code.length !== DIGITS);
          if (!busy && number !== "" && code.length === DIGITS) void go({ number, code }, true);
        }}
      >
        <label for={`${id}n`}>
          准考证号 <span lang="en">Number</span>
        </label>
        <input id={`${id}n`} name="number" required maxLength={64} autocapitalize="characters" spellcheck={false} />
        <label for={`${id}c`}>
          服务码（8 位数字） <span lang="en">Support code (8 digits)</span>
        </label>
        <input
          id={`${id}c`}
          name="code"
          required
          inputMode="numeric"
          maxLength={12}
          aria-invalid={short ? "true" : undefined}
          aria-describedby={short ? `${id}s` : undefined}
        />
        {short && (
          <p id={`${id}s`} class="say warn" role="alert">
            <span class="sign" aria-hidden="true">
              !
            </span>
            <span>
              服务码是 8 位数字。 <span lang="en">The support code has 8 digits.</span>
            </span>
          </p>
        )}
        <div class="choice">
          <button type="submit" class="btn act" aria-disabled={busy ? "true" : undefined}>
            查询 <span lang="en">Ask</span>
          </button>
        </div>
      </form>
      {failed !== null && (
        <div class="say bad" role="alert">
          <span class="sign" aria-hidden="true">
            ×
          </span>
          <div>
            <b>{failed.message_zh}</b>。{failed.hint_zh}。
            <br />
            <span lang="en">
              {failed.message_en}. {failed.hint_en}.
            </span>
          </div>
        </div>
      )}
      {answer !== null && (
        <section ref={result} tabIndex={-1} class="card answer" aria-live="polite" aria-label="查询结果 Result">
          <Told answer={answer} />
        </section>
      )}
    </main>
  );
}

function Told({ answer }: { answer: Answer }) {
  const tone = TONES[answer.state] ?? "info";
  const [anchor, setAnchor] = useState({ center_ms: answer.center_ms, at: performance.now() });
  useEffect(() => setAnchor({ center_ms: answer.center_ms, at: performance.now() }), [answer]);
  const left = answer.deadline_ms === null ? null : answer.deadline_ms - useNow(anchor);
  const waits = answer.state === "open" || answer.state === "late" || answer.state === "closed_with_loss";
  return (
    <>
      <h2 class={`say ${tone}`}>
        <span class="sign" aria-hidden="true">
          {SIGNS[tone]}
        </span>
        <Both text={answer.said} />
      </h2>
      {answer.practice && (
        <p class="tag">
          模拟测试 <span lang="en">Rehearsal</span>
        </p>
      )}
      {answer.todo.zh !== "" && (
        <p class="todo">
          <Both text={answer.todo} />
        </p>
      )}
      <dl>
        {COUNTS.has(answer.state) && (
          <Line zh="已收到并核验" en="Arrived and verified">
            {answer.verified_links}
            {answer.named_links !== null && ` / ${answer.named_links}`} 段
            {answer.received_links > answer.verified_links && (
              <small>
                正在接收 {answer.received_links - answer.verified_links} 段 <span lang="en">arriving</span>
              </small>
            )}
          </Line>
        )}
        {waits && answer.waits_for.length > 0 && (
          <Line zh="还在等待" en="Waiting for">
            {answer.waits_for.map((name) => (name === "phone" ? "手机佐证视频 the phone" : "电脑 the computer")).join("，")}
          </Line>
        )}
        {answer.state === "open" && left !== null && (
          <Line zh="离上传时限" en="Time left">
            {span(Math.max(0, left))}
          </Line>
        )}
        {(answer.state === "open" || answer.state === "late") && answer.deadline_ms !== null && (
          <Line zh="上传时限" en="Deadline">
            {dateTime(answer.deadline_ms)}
          </Line>
        )}
        {answer.confirmed_ms !== null && (
          <Line zh="确认时间" en="Confirmed at">
            {dateTime(answer.confirmed_ms)}
          </Line>
        )}
        {answer.hotline !== "" && (
          <Line zh="技术服务电话" en="Support">
            <a href={`tel:${answer.hotline.replace(/[^\d+]/g, "")}`}>{answer.hotline}</a>
          </Line>
        )}
        <Line zh="查询时间" en="As of">
          {dateTime(answer.center_ms)}
        </Line>
      </dl>
    </>
  );
}

function Line({ zh, en, children }: { zh: string; en: string; children: preact.ComponentChildren }) {
  return (
    <div>
      <dt>
        {zh} <span lang="en">{en}</span>
      </dt>
      <dd class="num">{children}</dd>
    </div>
  );
}

function Both({ text }: { text: Bilingual }) {
  return (
    <span>
      {text.zh}
      <br />
      <span lang="en">{text.en}</span>
    </span>
  );
}
