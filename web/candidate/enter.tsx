/** A5 进入考试. */
import { useId, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import type { Enter } from "../shared/pagestate";
import { Button, Say } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { clockShort, span, useNow } from "../shared/time";

export function EnterPage({ page }: { page: Enter }) {
  const { tr, anchor, state } = useApp();
  const now = useNow(anchor);
  const why = useWhy();
  const early = page.opens_at_ms !== null && now < page.opens_at_ms;
  const open = page.door_closes_ms !== null && now < page.door_closes_ms;
  const [label, until] = early
    ? [tr("距离可以进入", "You can enter in"), page.opens_at_ms]
    : [tr("距离入口关闭", "The door closes in"), page.door_closes_ms];
  return (
    <Frame
      title={tr("进入考试", "Enter")}
      why={
        page.entering
          ? tr("已经点击，正在等待考务平台答复。", "Pressed; waiting for the center.")
          : page.can_enter
            ? undefined
            : tr(page.why_not_zh, page.why_not_en)
      }
      whyId={why}
      actions={
        <>
          <Button order={{ action: "refresh" }}>{tr("刷新", "Refresh")}</Button>
          <Button tone="act" order={{ action: "enter" }} off={!page.can_enter || page.entering} why={why}>
            {page.entering ? tr("正在进入…", "Entering…") : tr("进入考试", "Enter")}
          </Button>
        </>
      }
    >
      <section class="card centre">
        {open && until !== null ? (
          <>
            <small>{label}</small>
            <b class="num huge">{span(until - now)}</b>
            <p class="small">
              {state.top.start_ms !== null && (
                <>
                  {tr("面试开始", "The interview starts at")} <span class="num">{clockShort(state.top.start_ms)}</span>
                  {tr("，开始后不能再进入", "; nobody can enter after that")}
                </>
              )}
            </p>
          </>
        ) : (
          <>
            <p class="lead">
              <b>{tr("面试已经开始，入口已关闭。", "The interview has begun and the door is closed.")}</b>
            </p>
            <p>
              {tr("如果您在开始前遇到了问题，请点击【求助】", "If something kept you before the start, call for help")}
              {state.top.hotline !== "" && (
                <>
                  {tr("或拨打技术服务电话 ", " or phone ")}
                  <b class="num">{state.top.hotline}</b>
                </>
              )}
              {tr("，由技术服务人员处理。", "; support decides.")}
            </p>
          </>
        )}
      </section>
      {!page.one_display && (
        <Say tone="bad">
          {tr("检测到多块屏幕。请断开其他屏幕，再点击【刷新】。", "More than one screen. Disconnect the others, then refresh.")}
        </Say>
      )}
      {page.entering && (
        <>
          <Say tone="warn">
            <b>{tr("进入需要联系一次考务平台。", "Entering needs the center once.")}</b>
            {tr(
              "程序会自动重试，您已按时点击，请不要离开。也可以请技术服务人员在电话中读出进入码。",
              " It is tried again by itself; please stay. Support can also read a code to you on the phone.",
            )}
          </Say>
          <CodeForm label={tr("进入码", "Entry code")} />
        </>
      )}
      {open && (
      <ul class="hints card">
        <li>{tr("进入后自动开始录制摄像头、麦克风和屏幕，并实时上传。", "After entering, camera, microphone and screen are recorded and uploaded by themselves.")}</li>
        <li>{tr("请勿切屏、截屏或做任何与面试无关的操作。", "Do not switch windows, take screenshots or do anything else.")}</li>
        <li>{tr("断网不影响考试：视频先保存在本机，联网后自动上传。", "Losing the network does no harm: video is kept here and sent later.")}</li>
      </ul>
      )}
    </Frame>
  );
}

/** A code that support reads out: groups of letters and digits; case and dashes do not matter. */
export function CodeForm({ label }: { label: string }) {
  const { tr, act } = useApp();
  const id = useId();
  const [code, setCode] = useState("");
  return (
    <form
      class="card code-form"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        void act({ action: "release", code: code.trim() });
      }}
    >
      <label for={id}>{label}</label>
      <input
        id={id}
        class="num"
        required
        maxLength={40}
        spellcheck={false}
        placeholder="XXXX-XXXX-XXXX-XXXX"
        value={code}
        onInput={(event) => setCode(event.currentTarget.value)}
      />
      <button type="submit" class="btn quiet">
        {tr("使用", "Use")}
      </button>
    </form>
  );
}
