/** Publishing results: how far it is, who said so, and the next step. The center holds the rule of two. */
import { useState } from "preact/hooks";
import type { PublicationBody, Word } from "../../shared/desk/after";
import { useDesk } from "../../shared/desk/context";
import { useLoaded } from "../../shared/desk/loaded";
import { ReasonDialog } from "../../shared/desk/reason";
import type { Chosen } from "../../shared/desk/shell";
import { dateTime } from "../../shared/time";
import type { Pair } from "../../shared/words";
import type { Section } from "../section";

export const publication: Section = { id: "publication", group: "after", title: ["公布成绩", "Publish results"], Show };

const DAY_MS = 86_400_000;
const NOW: Record<string, Pair> = {
  none: ["尚未公布。考生电脑和手机上的副本都须保留。", "Not published. Every copy on laptops and phones stays."],
  proposed: ["已有一名管理员提出，等待另一名管理员确认。", "One administrator has proposed it; another has to confirm."],
  published: ["已公布，申诉期内：任何副本都还不能删除，一名管理员即可撤回。", "Published; the appeal delay runs. Nothing may be deleted yet, and one administrator can withdraw it."],
  final: ["已公布，申诉期已满：考生电脑和手机上已有回执的副本可以删除。", "Published, and the appeal delay is over: copies with a receipt may go."],
  withdrawn: ["已撤回。考生电脑和手机上的副本都须保留。", "Withdrawn. Every copy stays."],
};
const OUTCOMES: readonly (readonly [id: string, name: Pair])[] = [
  ["confirmed", ["按时完成", "In time"]],
  ["confirmed_late", ["超时完成", "Late"]],
  ["closed_with_loss", ["缺失说明结案", "Closed with loss"]],
  ["open", ["等待上传", "Waiting"]],
  ["late", ["已超时，未收齐", "Late, not here"]],
  ["running", ["正在面试", "Running"]],
  ["ahead", ["尚未开始", "Not begun"]],
  ["absent", ["缺考", "Absent"]],
];
const UNFINISHED = ["open", "late", "running", "ahead"];

type Act = "propose" | "confirm" | "withdraw";

function Show({ project }: Chosen) {
  const { tr, me, act } = useDesk();
  const at = `/projects/${encodeURIComponent(project)}/publication`;
  const [body, load] = useLoaded<PublicationBody>(at);
  const [open, setOpen] = useState<Act | null>(null);
  if (body === null) return <p aria-busy="true">{tr("正在读取…", "Loading…")}</p>;
  const days = Math.round((body.appeal_ms / DAY_MS) * 10) / 10;
  const left = UNFINISHED.reduce((sum, name) => sum + (body.counts[name] ?? 0), 0);
  const words: Record<Act, [title: string, act: string, says: string]> = {
    propose: [
      tr("提出公布成绩", "Propose publishing"),
      tr("提出", "Propose"),
      tr("请另一名管理员随后确认。", "Another administrator confirms it afterwards."),
    ],
    confirm: [
      tr("确认公布成绩", "Confirm publishing"),
      tr("确认公布", "Confirm"),
      tr(
        `申诉期 ${days} 天自现在开始；期满之后，考生电脑和手机会自动删除已有回执的副本。`,
        `The appeal delay of ${days} days begins now; after it laptops and phones delete the copies that have a receipt.`,
      ),
    ],
    withdraw: [
      tr("撤回", "Withdraw"),
      tr("撤回", "Withdraw"),
      tr("任何副本都不会删除，直到重新公布。", "No copy is deleted until results are published anew."),
    ],
  };
  const may: Act[] =
    body.state === "none" || body.state === "withdrawn"
      ? ["propose"]
      : body.state === "proposed"
        ? body.may_confirm
          ? ["withdraw", "confirm"]
          : ["withdraw"]
        : body.state === "published"
          ? ["withdraw"]
          : [];
  return (
    <>
      <p class="lead" role="status">
        {tr(...(NOW[body.state] ?? [body.state, body.state]))}
      </p>
      <ol class="steps">
        <Step done={body.proposed !== null && body.state !== "withdrawn"} word={body.proposed}>
          {tr("一名管理员提出", "One administrator proposes")}
        </Step>
        <Step done={body.confirmed !== null && body.state !== "withdrawn"} word={body.confirmed}>
          {tr("另一名管理员确认", "Another administrator confirms")}
        </Step>
        <Step done={body.state === "final"} word={null}>
          {tr(`申诉期 ${days} 天`, `Appeal delay of ${days} days`)}
          {body.leave_ms !== null && (
            <>
              {tr("，至 ", ", until ")}
              <span class="num">{dateTime(body.leave_ms)}</span>
            </>
          )}
        </Step>
        {body.withdrawn !== null && (
          <Step done word={body.withdrawn}>
            {tr("已撤回", "Withdrawn")}
          </Step>
        )}
      </ol>
      <div class="choice start">
        {may.map((one) => (
          <button key={one} type="button" class={`btn ${one === "withdraw" ? "quiet" : "act"}`} onClick={() => setOpen(one)}>
            {one === "withdraw" ? tr("撤回…", "Withdraw…") : one === "propose" ? tr("提出公布…", "Propose…") : tr("确认公布…", "Confirm…")}
          </button>
        ))}
        {body.state === "proposed" && body.proposed?.by === me.name && (
          <p class="small">{tr("您已提出，须由另一名管理员确认。", "You have proposed it; somebody else has to confirm.")}</p>
        )}
      </div>
      <h2>{tr("各场面试的结果", "How the interviews came out")}</h2>
      {left > 0 && (
        <p class="say warn">
          <span class="sign" aria-hidden="true">
            !
          </span>
          <span>
            {tr(`还有 ${left} 场没有收齐或没有结束。`, `${left} are not all here, or not over.`)}
          </span>
        </p>
      )}
      <dl class="counts">
        {OUTCOMES.filter(([id]) => (body.counts[id] ?? 0) > 0).map(([id, name]) => (
          <div key={id}>
            <dt>{tr(...name)}</dt>
            <dd class="num">{body.counts[id]}</dd>
          </div>
        ))}
      </dl>
      {open !== null && (
        <ReasonDialog
          title={words[open][0]}
          act={words[open][1]}
          label={open === "propose" ? tr("公告文号或依据（记入审计）", "The announcement (kept in the audit log)") : undefined}
          optional={open === "confirm"}
          go={(reason) => act(`${at}/${open}`, { reason })}
          leave={() => {
            setOpen(null);
            load();
          }}
        >
          <p>{words[open][2]}</p>
        </ReasonDialog>
      )}
    </>
  );
}

function Step({ done, word, children }: { done: boolean; word: Word | null; children: preact.ComponentChildren }) {
  const { tr } = useDesk();
  return (
    <li class={done ? "done" : ""}>
      <span class="mark" aria-hidden="true">
        {done ? "✓" : "○"}
      </span>
      <div>
        {children}
        <span class="hidden">{done ? tr("（已完成）", " (done)") : tr("（未完成）", " (not yet)")}</span>
        {word !== null && (
          <p class="small">
            {word.by} <span class="num">{dateTime(word.at_ms)}</span>
            {word.reason !== "" && <> · {word.reason}</>}
          </p>
        )}
      </div>
    </li>
  );
}
