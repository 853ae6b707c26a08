/** Calls for help from before login: what was typed is shown as typed; nobody has checked it. */
import { useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { clock } from "../shared/time";
import { Claim } from "./claim";
import type { EarlyCall } from "./wire";
import { stageName } from "./words";

export function Calls({ calls }: { calls: EarlyCall[] }) {
  const { tr } = useDesk();
  return (
    <section class="card calls" aria-label={tr("登录前的求助", "Calls from before login")}>
      <h2>
        {tr("登录前的求助", "Calls from before login")} <span class="num">{calls.length}</span>
      </h2>
      <ul>
        {calls.map((call) => (
          <Call key={call.id} call={call} />
        ))}
      </ul>
    </section>
  );
}

function Call({ call }: { call: EarlyCall }) {
  const { tr, me, act } = useDesk();
  const [text, setText] = useState("");
  return (
    <li>
      <p>
        <small class="num">{clock(call.asked_ms)}</small> · {stageName(call.stage, tr)} ·{" "}
        {tr("自称准考证号", "says number")} <b class="num">{call.number === "" ? "—" : call.number}</b> ·{" "}
        {tr("服务码", "code")} <b class="num">{call.support_code}</b>
        {call.claimed_by !== "" && (
          <>
            {" "}
            · {tr("认领：", "taken by ")}
            {call.claimed_by}
          </>
        )}
      </p>
      <p>{call.text === "" ? tr("（未填写内容）", "(no words)") : call.text}</p>
      {me.rights.includes("help") && <form
        class="answer-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") void act(`/help/${call.id}/answer`, { text: text.trim() });
        }}
      >
        <Claim request={call.id} by={call.claimed_by} />
        <input
          aria-label={tr("答复", "Answer")}
          placeholder={tr("答复（先核实身份，不透露信息）", "Answer (verify first, tell nothing)")}
          maxLength={2000}
          value={text}
          onInput={(event) => setText(event.currentTarget.value)}
        />
        <button type="submit" class="btn act" aria-disabled={text.trim() === "" ? "true" : undefined}>
          {tr("答复", "Answer")}
        </button>
      </form>}
    </li>
  );
}
