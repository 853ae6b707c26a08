/** 缺失说明结案: those of a project, proposing one, and the second person's word. Used by support and administrators. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { dateTime } from "../time";
import type { Pair } from "../words";
import { worded } from "../words";
import type { ClosureBody, ClosureList, Word } from "./after";
import { useDesk } from "./context";
import { useLoaded } from "./loaded";
import { ReasonDialog } from "./reason";

const CAUSES: readonly (readonly [id: string, name: Pair])[] = [
  ["candidate", ["考生原因", "The candidate's side"]],
  ["network", ["网络原因", "The network"]],
  ["system", ["系统原因", "The system"]],
];
const causeName = worded(Object.fromEntries(CAUSES));
const stateName = worded({
  proposed: ["等待第二人确认", "Waits for the second person"],
  closed: ["已结案", "Closed"],
  withdrawn: ["已撤回", "Withdrawn"],
});

type Ordered = { act: "confirm" | "withdraw"; closure: ClosureBody };

export function Closures({ project }: { project: string }) {
  const { tr, me, act } = useDesk();
  const [list, load] = useLoaded<ClosureList>(`/projects/${encodeURIComponent(project)}/closures`);
  const [proposing, setProposing] = useState(false);
  const [ordered, setOrdered] = useState<Ordered | null>(null);
  if (list === null) return <p aria-busy="true">{tr("正在读取…", "Loading…")}</p>;
  return (
    <div class="closures">
      <p>
        {tr(
          "用于数据确已无法收齐的面试：两名工作人员各写原因，平台签发说明。结案后不再显示“上传成功”；之后到达的数据照收照验。",
          "For interviews whose data are gone for good: two of the staff give their reasons, the center signs a statement. It never shows as confirmed; what still arrives is taken and verified.",
        )}
      </p>
      <div>
        <button type="button" class="btn act" aria-disabled={list.candidates.length === 0 ? "true" : undefined} onClick={() => list.candidates.length > 0 && setProposing(true)}>
          {tr("提出结案", "Propose a closure")}
        </button>
        {list.candidates.length === 0 && (
          <p class="small">{tr("没有可以结案的面试：都有回执，或尚未结束。", "None can be closed: each has its receipt, or is not over.")}</p>
        )}
      </div>
      {list.closures.length > 0 && (
        <ul class="cards">
          {list.closures.map((one) => (
            <li key={one.session} class="card">
              <h2>
                <span class="num">{one.number}</span> {one.name} <span class="tag">{stateName(one.state, tr)}</span>
              </h2>
              <p class="small">
                {one.batch} · {causeName(one.cause, tr)}
              </p>
              <Said word={one.proposed} what={tr("提出", "Proposed")} />
              <Said word={one.confirmed} what={tr("确认", "Confirmed")} />
              <Said word={one.withdrawn} what={tr("撤回", "Withdrawn")} />
              {one.arrived_since > 0 && (
                <p class="say info">
                  <span class="sign" aria-hidden="true">
                    i
                  </span>
                  <span>{tr(`结案之后又收到 ${one.arrived_since} 段`, `${one.arrived_since} links arrived after it was closed`)}</span>
                </p>
              )}
              {one.state === "proposed" && (
                <div class="choice">
                  <button type="button" class="btn quiet" onClick={() => setOrdered({ act: "withdraw", closure: one })}>
                    {tr("撤回提议", "Withdraw")}
                  </button>
                  {one.may_confirm ? (
                    <button type="button" class="btn act" onClick={() => setOrdered({ act: "confirm", closure: one })}>
                      {tr("确认结案", "Confirm")}
                    </button>
                  ) : (
                    <span class="small">
                      {one.proposed.by === me.name && tr("请另一名工作人员确认", "Another member of staff has to confirm")}
                    </span>
                  )}
                </div>
              )}
              {one.statement !== "" && <Statement closure={one} />}
            </li>
          ))}
        </ul>
      )}
      {proposing && (
        <Propose
          list={list}
          leave={() => {
            setProposing(false);
            load();
          }}
        />
      )}
      {ordered !== null && (
        <ReasonDialog
          title={`${ordered.act === "confirm" ? tr("确认结案", "Confirm the closure") : tr("撤回提议", "Withdraw the proposal")} · ${ordered.closure.number}`}
          act={ordered.act === "confirm" ? tr("确认结案", "Confirm") : tr("撤回", "Withdraw")}
          go={(reason) => act(`/sessions/${ordered.closure.session}/closure/${ordered.act}`, { reason })}
          leave={() => {
            setOrdered(null);
            load();
          }}
        >
          <p>
            {ordered.act === "confirm"
              ? tr(
                  `${ordered.closure.proposed.by} 的原因：${ordered.closure.proposed.reason}。确认后不能撤回。`,
                  `${ordered.closure.proposed.by} says: ${ordered.closure.proposed.reason}. It cannot be undone.`,
                )
              : tr("提议作废，面试仍按时限上传。", "The proposal is void; the upload goes on as before.")}
          </p>
        </ReasonDialog>
      )}
    </div>
  );
}

function Said({ word, what }: { word: Word | null; what: string }) {
  if (word === null) return null;
  return (
    <p>
      <b>{what}</b> {word.by} <span class="num small">{dateTime(word.at_ms)}</span>
      {word.reason !== "" && <> · {word.reason}</>}
    </p>
  );
}

/** The signed statement, to keep. */
function Statement({ closure }: { closure: ClosureBody }) {
  const { tr } = useDesk();
  const address = `data:application/jose,${encodeURIComponent(closure.statement)}`;
  return (
    <p>
      <a href={address} download={`closed-with-loss-${closure.number}.jws`}>
        {tr("下载已签名的结案说明", "Download the signed statement")}
      </a>
    </p>
  );
}

function Propose({ list, leave }: { list: ClosureList; leave: () => void }) {
  const { tr, act } = useDesk();
  const id = useId();
  const [session, setSession] = useState("");
  const [cause, setCause] = useState("");
  const [reason, setReason] = useState("");
  const submit = async () => {
    if (session === "" || cause === "" || reason.trim() === "") return;
    await act(`/sessions/${session}/closure`, { cause, reason: reason.trim() });
    leave();
  };
  return (
    <Dialog title={tr("提出缺失说明结案", "Propose closing with declared loss")} leave={leave}>
      <form
        class="reason"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <label for={`${id}s`}>{tr("考生", "Candidate")}</label>
        <select id={`${id}s`} required value={session} onChange={(event) => setSession(event.currentTarget.value)}>
          <option value="">{tr("请选择", "Choose")}</option>
          {list.candidates.map((one) => (
            <option key={one.session} value={one.session}>
              {one.number} {one.name} · {one.batch}
            </option>
          ))}
        </select>
        <label for={`${id}c`}>{tr("原因类别", "Whose side")}</label>
        <select id={`${id}c`} required value={cause} onChange={(event) => setCause(event.currentTarget.value)}>
          <option value="">{tr("请选择", "Choose")}</option>
          {CAUSES.map(([value, name]) => (
            <option key={value} value={value}>
              {tr(...name)}
            </option>
          ))}
        </select>
        <label for={`${id}r`}>{tr("缺失了什么，为什么无法收齐", "What is missing, and why it is gone for good")}</label>
        <textarea
          id={`${id}r`}
          rows={3}
          required
          maxLength={500}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <div class="choice">
          <button type="button" class="btn quiet" onClick={leave}>
            {tr("取消", "Cancel")}
          </button>
          <button type="submit" class="btn act">
            {tr("提出", "Propose")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
