/** 求助 through the phone: for a laptop that has no network. Filming goes on meanwhile. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../shared/dialog";
import { clockShort } from "../shared/time";
import { useShown } from "./context";
import { Press } from "./parts";

const LONGEST = 2000;

export function HelpDialog({ leave }: { leave: () => void }) {
  const { phone, seen, tr } = useShown();
  const [text, setText] = useState("");
  const field = useId();
  const known = new Set(seen.view?.help.map((one) => one.id));
  const waiting = seen.helps.filter((one) => !known.has(one.id));
  const hotline = seen.binding?.hotline ?? "";
  return (
    <Dialog title={tr("求助", "Call for help")} leave={leave}>
      <p>
        {tr("不要用这部手机打电话：通话会中断录制。", "Do not call from this phone: a call interrupts the recording.")}
        {hotline !== "" && (
          <>
            {" "}
            {tr("请用另一部电话拨打", "From another phone call")} <b class="num">{hotline}</b>
          </>
        )}
      </p>
      <ol class="helps" aria-live="polite">
        {seen.view?.help.map((one) => (
          <li key={one.id}>
            <small class="num">
              {clockShort(one.asked_ms)} · {one.answer === null ? tr("已发出，请等待回复", "Sent, please wait") : tr("已回复", "Answered")}
            </small>
            <p>{one.text}</p>
            {one.answer !== null && (
              <p class="answer">
                <b>{tr("技术服务：", "Support: ")}</b>
                {one.answer}
              </p>
            )}
          </li>
        ))}
        {waiting.map((one) => (
          <li key={one.id}>
            <small class="num">
              {clockShort(one.at.center_ms)} · {one.sent ? tr("已发出", "Sent") : tr("联网后自动发出", "Goes out with the network")}
            </small>
            <p>{one.text}</p>
          </li>
        ))}
      </ol>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void phone.help(text.trim() === "" ? tr("请联系我", "Please contact me") : text.trim());
          setText("");
        }}
      >
        <label for={field}>{tr("遇到了什么问题？可以不填", "What is the matter? May stay empty")}</label>
        <textarea id={field} rows={3} maxLength={LONGEST} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        <div class="choice">
          <Press press={leave}>{tr("返回", "Back")}</Press>
          <button type="submit" class="btn act">
            {tr("发送求助", "Send")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
