/** Chooses files, follows each, says what the center made of it. Holds no rule. */
import { useRef, useState } from "preact/hooks";
import { type Answer, bring, type Outcome } from "./send";

interface Row {
  name: string;
  share: number;
  outcome: Outcome | null;
}

export function BringPage() {
  const [rows, setRows] = useState<Row[]>([]);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const change = (at: number, news: Partial<Row>) =>
    setRows((all) => all.map((row, index) => (index === at ? { ...row, ...news } : row)));
  const go = async (files: File[]) => {
    if (files.length === 0) return;
    const first = rows.length;
    setRows((all) => [...all, ...files.map((file) => ({ name: file.name, share: 0, outcome: null }))]);
    setBusy(true);
    for (const [index, file] of files.entries()) {
      const outcome = await bring(file, (share) => change(first + index, { share }));
      change(first + index, { share: 1, outcome });
    }
    setBusy(false);
    if (field.current !== null) field.current.value = "";
  };
  const answers = rows.flatMap((row) => (row.outcome !== null && "answer" in row.outcome ? [row.outcome.answer] : []));
  return (
    <main class="bring">
      <h1>
        上传离线数据包 <span lang="en">Hand in a rescue bundle</span>
      </h1>
      <p>
        选择文件名以 zhishi-rescue 开头的文件。任何电脑都可以上传，内容已加密，只有考务平台能打开。可以重复上传。
        <br />
        <span lang="en">
          Choose the files whose names begin with zhishi-rescue. Any machine will do: only the center can open them. Sending
          one again is harmless.
        </span>
      </p>
      <label class="card pick">
        <b>
          选择文件 <span lang="en">Choose files</span>
        </b>
        <input
          ref={field}
          type="file"
          accept=".age"
          multiple
          disabled={busy}
          onChange={(event) => void go([...(event.currentTarget.files ?? [])])}
        />
      </label>
      <ul aria-live="polite">
        {rows.map((row, index) => (
          <li key={`${index} ${row.name}`} class="card">
            <h2 class="num">{row.name}</h2>
            {row.outcome === null ? (
              <>
                <progress max={100} value={Math.floor(row.share * 100)} aria-label={row.name} />
                <p>
                  {row.share < 1 ? "正在上传，请不要关闭本页" : "考务平台正在校验"}{" "}
                  <span lang="en">{row.share < 1 ? "Sending; leave this page open" : "The center is checking it"}</span>
                </p>
              </>
            ) : (
              <Said outcome={row.outcome} />
            )}
          </li>
        ))}
        {!busy && lacking(answers).map((words) => <Line key={words[0]} tone="warn" zh={words[0]} en={words[1]} />)}
      </ul>
    </main>
  );
}

function Said({ outcome }: { outcome: Outcome }) {
  if ("failed" in outcome) {
    const { failed } = outcome;
    return (
      <Line
        tone="bad"
        zh={`${failed.message_zh}。${failed.hint_zh}。`}
        en={`${failed.message_en}. ${failed.hint_en}. [${failed.code}]`}
      />
    );
  }
  const { answer } = outcome;
  return (
    <>
      <p>
        {answer.project} · <span class="num">{answer.number}</span> · 第 {answer.part} / {answer.parts} 个文件{" "}
        <span lang="en">
          part {answer.part} of {answer.parts}
        </span>
      </p>
      <p>
        新收 {answer.taken} 段，已有 {answer.known} 段，拒收 {answer.refused} 段{" "}
        <span lang="en">
          {answer.taken} new, {answer.known} known, {answer.refused} refused
        </span>
      </p>
      <Verdict answer={answer} />
      {answer.refusals.length > 0 && (
        <details>
          <summary>
            拒收明细 <span lang="en">What was refused</span>
          </summary>
          <ul>
            {answer.refusals.map((one) => (
              <li key={`${one.track} ${one.seq}`} class="num">
                {one.track} {one.kind} {one.index}: {one.detail} [{one.code}]
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

function Verdict({ answer }: { answer: Answer }) {
  if (answer.session_receipt !== null)
    return <Line tone="ok" zh="全部收到，数据接收回执已签发。" en="Everything is here; the receipt is signed." />;
  if (answer.device_receipt !== null)
    return <Line tone="ok" zh="这台电脑的数据已全部收到，等待其他设备。" en="This computer's data are here; others are awaited." />;
  if (answer.cut_short)
    return (
      <Line
        tone="warn"
        zh="文件不完整：请重新拷贝后再上传，或在考生电脑上重新导出。"
        en="The file is cut short: copy it again, or export it again on the candidate's computer."
      />
    );
  if (answer.refused > 0 || answer.problems.length > 0)
    return (
      <Line
        tone="warn"
        zh="有内容未能接收，原件仍在考生电脑上：请重新导出，或让它联网上传。"
        en="Some of it was refused; it is still on the candidate's computer: export it again, or let it upload."
      />
    );
  if (answer.missing === null)
    return <Line tone="info" zh="已收到。面试结束后请再导出一次。" en="Received. Export once more when the interview is over." />;
  return (
    <Line tone="info" zh={`已收到，还缺 ${answer.missing} 段。`} en={`Received; ${answer.missing} links are still missing.`} />
  );
}

function Line({ tone, zh, en }: { tone: "ok" | "warn" | "bad" | "info"; zh: string; en: string }) {
  return (
    <div class={`say ${tone}`}>
      <span class="sign" aria-hidden="true">
        {{ ok: "✓", warn: "!", bad: "×", info: "i" }[tone]}
      </span>
      <div>
        {zh} <span lang="en">{en}</span>
      </div>
    </div>
  );
}

/** Parts of a bundle that were not among the files, unless its receipt is here without them. */
function lacking(answers: Answer[]): [string, string][] {
  const found: [string, string][] = [];
  for (const bundle of new Set(answers.map((one) => one.bundle))) {
    const own = answers.filter((one) => one.bundle === bundle);
    const first = own[0];
    if (first === undefined || own.some((one) => one.device_receipt !== null)) continue;
    for (let part = 1; part <= first.parts; part += 1)
      if (!own.some((one) => one.part === part))
        found.push([`还缺第 ${part} 个文件（共 ${first.parts} 个）。`, `Part ${part} of ${first.parts} is still to come.`]);
  }
  return found;
}
