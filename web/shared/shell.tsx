/** What stands around every page: top bar, rail of stages, the line of actions at the foot. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useApp } from "./app";
import { HelpDialog } from "./help";
import type { PageState } from "./pagestate";
import { Button, Failure, Say } from "./parts";
import { clock, clockShort, nowOf, useNow } from "./time";

export function TopBar() {
  const { state, tr } = useApp();
  const { top } = state;
  const network = {
    online: tr("网络正常", "Network fine"),
    offline: tr("网络中断 · 本机保存", "No network · kept here"),
    unknown: tr("正在连接考务平台", "Connecting to the center"),
  }[top.network];
  return (
    <header class="top">
      <b>{tr("智试云", "Zhishi")}</b>
      <span class="title">{top.title}</span>
      {top.practice && <span class="tag">{tr("模拟测试，不是正式考试", "Rehearsal, not the real interview")}</span>}
      {top.rehearsal && <Button order={{ action: "new" }}>{tr("退出模拟", "Leave it")}</Button>}
      <span class="grow" />
      {top.number !== "" && (
        <span>
          {tr("考生", "Candidate")} <b class="num">{top.number}</b>
        </span>
      )}
      <CenterClock />
      <span class={`network ${top.network}`} role="status">
        {network}
      </span>
      <Button order={{ action: "lang", lang: state.lang === "zh" ? "en" : "zh" }}>
        <span lang={state.lang === "zh" ? "en" : "zh-CN"}>{state.lang === "zh" ? "English" : "中文"}</span>
      </Button>
    </header>
  );
}

function CenterClock() {
  const { anchor, state, tr } = useApp();
  const now = useNow(anchor);
  return (
    <span>
      {tr("考试系统时间", "Center time")} <span class="num clock">{clock(now)}</span>
      {state.top.center_est && tr("（估计）", " (estimated)")}
    </span>
  );
}

export function Rail() {
  const { state, tr } = useApp();
  const told = { done: tr("已完成", "done"), now: tr("当前环节", "current"), locked: tr("未开放", "not open yet") };
  return (
    <nav class="rail" aria-label={tr("面试环节", "Stages of the interview")}>
      <ol>
        {state.stages.map((entry, index) => (
          <li key={entry.stage} class={entry.state} aria-current={entry.state === "now" ? "step" : undefined}>
            <i aria-hidden="true">{entry.state === "done" ? "✓" : index + 1}</i>
            <span>
              {tr(entry.title_zh, entry.title_en)}
              <span class="hidden">
                {tr("，", ", ")}
                {told[entry.state]}
              </span>
              {entry.state === "locked" && <Why entry={entry} first={isNext(state, index)} />}
            </span>
          </li>
        ))}
      </ol>
      {state.top.hotline !== "" && (
        <p class="hotline">
          <small>{tr("技术服务电话", "Technical support")}</small>
          <b class="num">{state.top.hotline}</b>
        </p>
      )}
    </nav>
  );
}

/** Only the stage after the current one says aloud why it is closed; the others say it to whoever asks (title). */
function isNext(state: PageState, index: number): boolean {
  return state.stages[index - 1]?.state === "now";
}

function Why({ entry, first }: { entry: PageState["stages"][number]; first: boolean }) {
  const { tr, anchor } = useApp();
  const at = entry.opens_at_ms;
  const time = at === null ? "" : clockShort(at);
  const from =
    at === null || at <= nowOf(anchor)
      ? ""
      : entry.stage === "end"
        ? tr(`${time} 自动结束`, `ends by itself at ${time}`)
        : tr(`${time} 开放`, `opens at ${time}`);
  const why = [tr(entry.why_zh, entry.why_en), from].filter((part) => part !== "").join(tr("，", ", "));
  if (why === "") return null;
  return <small class={first ? "" : "hidden"}>{why}</small>;
}

interface FrameProps {
  title: string;
  children: ComponentChildren;
  /** Left of the title's line, e.g. a countdown. */
  aside?: ComponentChildren;
  /** Why the primary action cannot be used, or what happens next. */
  why?: string | undefined;
  /** Id given to the why line, for the primary action's description. */
  whyId?: string;
  actions?: ComponentChildren;
}

/** One page: title, task, and the foot with 求助 on the left and the primary action bottom right. */
export function Frame({ title, children, aside, why, whyId, actions }: FrameProps) {
  const app = useApp();
  const { state, tr } = app;
  const [helping, setHelping] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [state.stage]);
  const answered = state.help.findLast((entry) => entry.state === "answered");
  const error = app.failed ?? state.error;
  return (
    <main class="main">
      <div class="heading">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {aside}
      </div>
      <Notices />
      {error !== null && <Failure error={error} {...(app.failed === null ? {} : { dismiss: app.dismiss })} />}
      {children}
      <div class="foot">
        <Button press={() => setHelping(true)}>
          {tr("求助", "Call for help")}
          {answered !== undefined && <span class="dot">{tr("有回复", "answered")}</span>}
        </Button>
        <span class="why" id={whyId} role="status">
          {why}
        </span>
        <span class="grow" />
        {actions}
      </div>
      {helping && <HelpDialog leave={() => setHelping(false)} />}
    </main>
  );
}

function Notices() {
  const { state, tr } = useApp();
  return (
    <>
      {state.notices.map((notice) => (
        <Say key={notice.id} tone={notice.level}>
          {tr(notice.zh, notice.en)}
          {!notice.passing && (
            <Button order={{ action: "seen", id: notice.id }}>{tr("知道了", "Got it")}</Button>
          )}
        </Say>
      ))}
    </>
  );
}

/** The id that ties a closed button to the line that says why. */
export function useWhy(): string {
  return useId();
}
