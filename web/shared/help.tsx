/** 求助: calls support; works without network too (the call then goes out later, and the phone number is here). */
import { useId, useState } from "preact/hooks";
import { useApp } from "./app";
import { Dialog } from "./dialog";
import { Button } from "./parts";
import { clock } from "./time";

const LONGEST = 2000;

/** Digits in groups of four, as they are read out. */
function grouped(digits: string): string {
  return digits.replace(/(\d{4})(?=\d)/g, "$1 ");
}

export function HelpDialog({ leave }: { leave: () => void }) {
  const { state, tr, act } = useApp();
  const [text, setText] = useState("");
  const field = useId();
  const code = state.help.findLast((entry) => entry.code !== "")?.code ?? "";
  const told = {
    queued: tr("已记下，联网后自动发出", "Noted; goes out when there is network"),
    sent: tr("已发出，请等待回复", "Sent; please wait for the answer"),
    answered: tr("已回复", "Answered"),
  };
  return (
    <Dialog title={tr("求助", "Call for help")} leave={leave}>
      <p>
        {state.top.hotline === "" ? (
          tr("紧急时请拨打考试通知上的技术服务电话", "If it is urgent, call the support number on your notice of the exam")
        ) : (
          <>
            {tr("紧急时请直接拨打技术服务电话", "If it is urgent, call support")} <b class="num">{state.top.hotline}</b>
          </>
        )}
        {code !== "" && (
          <>
            {tr("，报服务码 ", ", and read out the support code ")}
            <b class="num">{grouped(code)}</b>
          </>
        )}
      </p>
      {state.help.length > 0 && (
        <ol class="helps" aria-live="polite">
          {state.help.map((entry) => (
            <li key={entry.id}>
              <small class="num">
                {clock(entry.at_ms)} · {told[entry.state]}
              </small>
              <p>{entry.text === "" ? tr("（未填写内容）", "(no words)") : entry.text}</p>
              {entry.answer !== "" && (
                <p class="answer">
                  <b>{tr("技术服务：", "Support: ")}</b>
                  {entry.answer}
                </p>
              )}
            </li>
          ))}
        </ol>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void act({ action: "help", text: text.trim() }).then((taken) => taken && setText(""));
        }}
      >
        <label for={field}>
          {state.top.number === ""
            ? tr("遇到了什么问题？请写上准考证号，便于找到您", "What is the matter? Please give your number")
            : tr("遇到了什么问题？可以不填", "What is the matter? May stay empty")}
        </label>
        <textarea
          id={field}
          rows={3}
          maxLength={LONGEST}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <div class="choice">
          <Button press={leave}>{tr("返回", "Back")}</Button>
          <button type="submit" class="btn act">
            {tr("发送求助", "Send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
