/** A7 开始答题: waiting, showing the sheet, the questions, or waiting for questions that have not come. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import { Dialog } from "../shared/dialog";
import { order } from "../shared/link";
import type { Answering } from "../shared/pagestate";
import { Button, Preview, Say } from "../shared/parts";
import { Frame } from "../shared/shell";
import { span, useNow } from "../shared/time";
import { CodeForm } from "./enter";
import { PHONE } from "./binding";

const SERIOUS_MS = 60_000;

export function AnsweringPage({ page }: { page: Answering }) {
  switch (page.phase) {
    case "waiting":
      return <Waiting page={page} />;
    case "a4":
      return <Sheet page={page} />;
    case "questions":
      return <Questions page={page} />;
    case "missing":
      return <Missing page={page} />;
  }
}

interface CountdownProps {
  until: number | null;
  zh: string;
  en: string;
  /** Turns serious in its last minute, by weight and a word. */
  answer?: boolean;
}

function Countdown({ until, zh, en, answer = false }: CountdownProps) {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  if (until === null) return null;
  const left = until - now;
  const serious = answer && left <= SERIOUS_MS;
  return (
    <span class={`cd ${serious ? "serious" : ""}`}>
      <small>{serious ? tr("最后一分钟", "Last minute") : tr(zh, en)}</small>
      <b class="num" role="timer">
        {span(left)}
      </b>
    </span>
  );
}

/** The network notice of the rules; nothing else changes when it goes. */
function Offline({ answering = false }: { answering?: boolean }) {
  const { state, tr } = useApp();
  if (state.top.network !== "offline") return null;
  return (
    <Say tone="warn">
      <b>
        {answering
          ? tr("网络中断，请继续作答；", "The network is gone; go on answering.")
          : tr("网络中断，不影响面试；", "The network is gone; the interview goes on.")}
      </b>
      {tr("视频已保存在本机，联网后自动上传。", " The video is kept on this computer and sent when the network is back.")}
    </Say>
  );
}

/** Own picture, number, what is being recorded. No name: rules forbid it. */
function Self({ page }: { page: Answering }) {
  const { state, tr } = useApp();
  const phone = state.upload?.phone ?? null;
  const told = phone === null ? null : (PHONE[phone] ?? (["info", phone, phone] as const));
  return (
    <aside class="self" aria-label={tr("本人画面", "Yourself")}>
      <Preview on={page.preview} />
      <div class="card me">
        <span>{tr("考生编号", "Candidate")}</span>
        <b class="num">{state.top.number}</b>
        <span>{tr("录制", "Recording")}</span>
        <b>
          {page.recording
            ? tr("摄像 · 录音 · 录屏 进行中", "Camera, sound, screen: on")
            : tr("正在恢复，请继续作答", "Coming back; go on answering")}
        </b>
        {told !== null && (
          <>
            <span>{tr("手机", "Phone")}</span>
            <b>{tr(told[1], told[2])}</b>
          </>
        )}
      </div>
    </aside>
  );
}

function Waiting({ page }: { page: Answering }) {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  return (
    <Frame
      title={tr("等待面试开始", "Waiting for the start")}
      why={tr("时间一到，题目会自动显示，不需要任何操作。", "The questions appear by themselves; nothing needs to be pressed.")}
    >
      <Offline />
      <div class="qa">
        <section class="card centre">
          <small>{tr("距离面试开始", "The interview starts in")}</small>
          <b class="num huge" role="timer">
            {page.start_ms === null ? "--:--" : span(page.start_ms - now)}
          </b>
          <ul class="hints">
            <li>{tr("桌面只放一张空白 A4 纸和一支黑色中性笔。", "On the desk only one blank A4 sheet and one black pen.")}</li>
            <li>{tr("作答时不要说出姓名等个人信息。", "Never say your name or other personal details.")}</li>
            <li>{tr("不要离开镜头，不要切换窗口。", "Stay before the camera; do not switch windows.")}</li>
          </ul>
        </section>
        <Self page={page} />
      </div>
    </Frame>
  );
}

function Sheet({ page }: { page: Answering }) {
  const { tr } = useApp();
  return (
    <Frame
      title={tr("请展示 A4 纸", "Show your A4 sheet")}
      aside={<Countdown until={page.a4_until_ms} zh="展示时间" en="Time to show" />}
      why={tr("展示不占用作答时间；时间一到会自动显示题目。", "This costs no answer time; the questions then appear by themselves.")}
      actions={
        <Button tone="act" order={{ action: "a4_shown" }}>
          {tr("正反面都已展示", "Both sides shown")}
        </Button>
      }
    >
      <Offline />
      <div class="two face">
        <div class="card cam">
          <Preview on={page.preview} label={tr("请让纸张完整出现在画面中", "The whole sheet should be in the picture")} />
        </div>
        <section class="card">
          <ol class="steps big">
            <li>{tr("把 A4 纸正面对着镜头，停两秒。", "Hold the front to the camera for two seconds.")}</li>
            <li>{tr("翻过来，反面对着镜头，停两秒。", "Turn it and hold the back for two seconds.")}</li>
            <li>{tr("纸张要完整出现在画面中。", "The whole sheet must be in the picture.")}</li>
          </ol>
        </section>
      </div>
    </Frame>
  );
}

/** The candidate's own answer time begins when the text has really been painted; said until it is heard. */
function tellShown(): () => void {
  let timer: number | undefined;
  let over = false;
  const tell = async () => {
    const refused = await order({ action: "questions_shown" });
    if (refused !== null && !over) timer = window.setTimeout(() => void tell(), 1000);
  };
  const frame = requestAnimationFrame(() => void tell());
  return () => {
    over = true;
    cancelAnimationFrame(frame);
    window.clearTimeout(timer);
  };
}

function Questions({ page }: { page: Answering }) {
  const { tr } = useApp();
  const [at, setAt] = useState(0);
  const [ending, setEnding] = useState(false);
  const count = page.questions.length;
  const shown = Math.min(at, count - 1);
  const question = page.questions[shown];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(tellShown, []);
  const go = (to: number) => {
    if (to !== shown) void order({ action: "question", number: to + 1 }); // a chapter for reviewers; nobody waits for it
    setAt(to);
    heading.current?.focus({ preventScroll: true });
  };
  return (
    <Frame
      title={tr("开始答题", "Answering")}
      aside={
        <>
          <FetchButton page={page} />
          <Countdown until={page.ends_at_ms} zh="剩余作答时间" en="Answer time left" answer />
        </>
      }
      actions={
        <>
          <Button press={() => go(shown - 1)} off={shown === 0}>
            {tr("上一题", "Previous")}
          </Button>
          <Button tone="act" press={() => go(shown + 1)} off={shown >= count - 1}>
            {tr("下一题", "Next question")}
          </Button>
          <span class="far" />
          <Button tone="end" press={() => setEnding(true)} off={!page.can_end}>
            {tr("结束考试", "End the interview")}
          </Button>
        </>
      }
    >
      <Offline answering />
      <div class="qa">
        <section class="card q">
          <div class="q-head">
            <h2 ref={heading} tabIndex={-1}>
              {tr(`第 ${shown + 1} 题，共 ${count} 题`, `Question ${shown + 1} of ${count}`)}
            </h2>
            {count > 1 && (
              <nav class="q-list" aria-label={tr("题目列表", "Questions")}>
                {page.questions.map((one, index) => (
                  <button
                    key={one.id}
                    type="button"
                    aria-label={tr(`第 ${index + 1} 题`, `Question ${index + 1}`)}
                    aria-current={index === shown ? "true" : undefined}
                    onClick={() => go(index)}
                  >
                    {index + 1}
                  </button>
                ))}
              </nav>
            )}
          </div>
          <div class="secret" lang="zh-CN">
            {question?.text.split(/\n+/).map((line, index) => (
              <p key={index}>{line}</p>
            ))}
          </div>
          <p class="printed">{tr("题目不得打印。", "Questions are not to be printed.")}</p>
        </section>
        <Self page={page} />
      </div>
      {ending && <EndDialog leave={() => setEnding(false)} page={page} />}
    </Frame>
  );
}

function FetchButton({ page }: { page: Answering }) {
  const { tr } = useApp();
  return (
    <span class="fetch">
      <Button order={{ action: "fetch" }} off={page.fetching}>
        {page.fetching ? tr("正在获取题目…", "Fetching…") : tr("重新获取题目", "Fetch the questions again")}
      </Button>
    </span>
  );
}

function EndDialog({ leave, page }: { leave: () => void; page: Answering }) {
  const { tr, act } = useApp();
  return (
    <Dialog title={tr("确定要结束考试吗？", "End the interview now?")} leave={leave}>
      <p>
        {tr(
          "结束后停止录制，不能再回来作答。",
          "Recording stops and you cannot come back to answer.",
        )}
      </p>
      <Countdown until={page.ends_at_ms} zh="还剩作答时间" en="Answer time left" answer />
      <div class="choice">
        <Button tone="end" press={() => void act({ action: "end" }).then(leave)}>
          {tr("确定结束", "Yes, end it")}
        </Button>
        <Button tone="act" press={leave} first>
          {tr("继续作答", "Go on answering")}
        </Button>
      </div>
    </Dialog>
  );
}

function Missing({ page }: { page: Answering }) {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  return (
    <Frame
      title={tr("题目还没有加载出来", "The questions have not come yet")}
      aside={<FetchButton page={page} />}
      why={tr("程序会自动重试，题目到了立即显示。", "It is tried again by itself; they appear at once when they come.")}
    >
      <Offline />
      <div class="qa">
        <section class="card">
          <p class="lead">
            <b>{tr("请不要着急，您的作答时间还没有开始。", "Keep calm: your answer time has not begun.")}</b>
          </p>
          <p>
            {tr(
              "题目显示后才开始计时，等待的时间有记录。录制仍在进行，请留在镜头前。",
              "It begins when the questions are on the screen; the delay is recorded. Recording goes on, please stay.",
            )}
          </p>
          <dl class="figures">
            {page.missing_since_ms !== null && (
              <div>
                <dt>{tr("已等待", "Waited")}</dt>
                <dd class="num">{span(now - page.missing_since_ms)}</dd>
              </div>
            )}
            {page.late_limit_at_ms !== null && (
              <div>
                <dt>{tr("最晚开始计时", "Begins at the latest in")}</dt>
                <dd class="num">{span(page.late_limit_at_ms - now)}</dd>
              </div>
            )}
          </dl>
          {page.pack && (
            <>
              <p>
                {tr(
                  "加密的题目已在本机。没有网络时，请拨打技术服务电话，把读出的放题码填在这里：",
                  "The encrypted questions are here already. Without network, phone support and type the release code:",
                )}
              </p>
              <CodeForm label={tr("放题码", "Release code")} />
            </>
          )}
        </section>
        <Self page={page} />
      </div>
    </Frame>
  );
}
