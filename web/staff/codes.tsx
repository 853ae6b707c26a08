/** What to say and do about an error code, as the manual has it. */
import { useId, useState } from "preact/hooks";
import remedies from "virtual:remedies";
import { useDesk } from "../shared/desk/context";
import { Dialog } from "../shared/dialog";

/** One code with its script; a code that the manual does not know is shown as it is. */
export function Script({ code }: { code: string }) {
  const { tr } = useDesk();
  const remedy = remedies[code];
  if (remedy === undefined) return <code>{code}</code>;
  return (
    <details class="script">
      <summary>
        <b lang="zh-CN">{remedy.seen}</b> <code>{code}</code>
      </summary>
      <p>
        {tr("考生的提示：", "They are told: ")}
        <span lang="zh-CN">{remedy.hint}</span>
        {remedy.retried && tr("（程序会自动再试）", " (it is tried again by itself)")}
      </p>
      <p lang="zh-CN">
        <b>{tr("怎么做：", "What to do: ")}</b>
        {remedy.todo.replaceAll("`", "").replaceAll("**", "")}
      </p>
    </details>
  );
}

/** Codes whose name or words contain what was typed. Exported for tests. */
export function matching(words: string): string[] {
  const wanted = words.trim().toLowerCase();
  if (wanted === "") return [];
  return Object.entries(remedies)
    .filter(([code, one]) => code.includes(wanted) || one.seen.includes(wanted) || one.hint.includes(wanted))
    .map(([code]) => code);
}

/** A caller reads out a code or what stands on the screen. */
export function CodeSearch({ leave }: { leave: () => void }) {
  const { tr } = useDesk();
  const id = useId();
  const [words, setWords] = useState("");
  const codes = matching(words);
  return (
    <Dialog title={tr("错误代码怎么办", "What to do about an error code")} leave={leave}>
      <label for={id}>{tr("代码，或考生屏幕上的话", "The code, or what the candidate's screen says")}</label>
      <input id={id} type="search" autocomplete="off" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
      <div class="scripts" role="status">
        {codes.slice(0, 8).map((code) => (
          <Script key={code} code={code} />
        ))}
        {words.trim() !== "" && codes.length === 0 && <p>{tr("手册里没有这个代码", "The manual has no such code")}</p>}
        {codes.length > 8 && <p class="small">{tr(`还有 ${codes.length - 8} 条`, `${codes.length - 8} more`)}</p>}
      </div>
      <div class="choice">
        <button type="button" class="btn quiet" onClick={leave}>
          {tr("关闭", "Close")}
        </button>
      </div>
    </Dialog>
  );
}
