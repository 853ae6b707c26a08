/** Attachments, and sets of questions: sealed until every batch that answers them has begun. */
import { useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import { BASE } from "../../shared/desk/link";
import type { Chosen } from "../../shared/desk/shell";
import { Dialog } from "../../shared/dialog";
import { bytes, dateTime } from "../../shared/time";
import { pathOf, useProject } from "../project";
import type { Section } from "../section";
import type { QuestionsBody, QuestionSetBody } from "../wire";

export const papers: Section = { id: "papers", group: "before", title: ["附件与试题", "Attachments and questions"], Show };

function Show({ project }: Chosen) {
  const { tr, ask } = useDesk();
  const { view } = useProject(project);
  const [open, setOpen] = useState<{ name: string; body: QuestionsBody } | null>(null);
  if (view === null) return <p aria-busy="true">…</p>;
  const read = (name: string) =>
    void ask<QuestionsBody>(`${pathOf(project)}/questions/${encodeURIComponent(name)}`).then(
      (body) => body !== null && setOpen({ name, body }),
    );
  return (
    <>
      <h2>{tr("附件", "Attachments")}</h2>
      {view.attachments.length === 0 ? (
        <p>{tr("没有附件。", "There are none.")}</p>
      ) : (
        <div class="wide">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">{tr("名称", "Title")}</th>
                <th scope="col">{tr("类型", "Type")}</th>
                <th scope="col">{tr("大小", "Size")}</th>
              </tr>
            </thead>
            <tbody>
              {view.attachments.map((one) => (
                <tr key={one.id}>
                  <th scope="row">
                    <a href={`${BASE}${pathOf(project)}/attachments/${encodeURIComponent(one.id)}`} download>
                      {one.title}
                    </a>
                  </th>
                  <td>{one.media_type === "application/pdf" ? "PDF" : "Markdown"}</td>
                  <td class="num">{bytes(one.size)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h2>{tr("试题", "Questions")}</h2>
      <p class="small">
        {tr(
          "开考前任何人都看不到试题内容；使用该套试题的全部场次开考后方可查看，查看记入审计。",
          "Nobody sees a word of them before the start: they may be read once every batch that uses them has begun, and reading is kept in the audit log.",
        )}
      </p>
      <div class="wide">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{tr("套题", "Set")}</th>
              <th scope="col">{tr("场次", "Batches")}</th>
              <th scope="col">{tr("题数", "Questions")}</th>
              <th scope="col">{tr("导入时间", "Imported")}</th>
              <th scope="col">{tr("状态", "State")}</th>
            </tr>
          </thead>
          <tbody>
            {view.question_sets.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td>{one.batches.join(tr("、", ", "))}</td>
                <td class="num">{one.count ?? "—"}</td>
                <td class="num">{one.imported_ms === null ? "—" : dateTime(one.imported_ms)}</td>
                <td>
                  <SetState set={one} read={() => read(one.name)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open !== null && (
        <Dialog title={tr(`试题 ${open.name}`, `Questions ${open.name}`)} leave={() => setOpen(null)}>
          <ol class="questions">
            {open.body.questions.map((one) => (
              <li key={one.id}>{one.text}</li>
            ))}
          </ol>
          <div class="choice">
            <button type="button" class="btn act" onClick={() => setOpen(null)}>
              {tr("关闭", "Close")}
            </button>
          </div>
        </Dialog>
      )}
    </>
  );
}

function SetState({ set, read }: { set: QuestionSetBody; read: () => void }) {
  const { tr } = useDesk();
  if (set.count === null) {
    return <b class="wrong">{tr("尚未导入：请在开考前补充导入", "Still to come: import them before the start")}</b>;
  }
  if (set.sealed) {
    return (
      <>
        {tr("已密封", "Sealed")} <small class="num">{tr(`${dateTime(set.opens_ms)} 起可查看`, `may be read from ${dateTime(set.opens_ms)}`)}</small>
      </>
    );
  }
  return (
    <button type="button" class="btn quiet small" aria-label={tr(`查看试题 ${set.name}`, `Read questions ${set.name}`)} onClick={read}>
      {tr("已放题，查看", "Released: read")}
    </button>
  );
}
