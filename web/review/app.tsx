/** The sessions of the chosen project, and the footage of one of them, once somebody who may see it is signed in. */
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { DeskShell } from "../shared/desk/shell";
import { worded } from "../shared/words";
import { Player } from "./player";
import type { ReviewBody, ReviewSession } from "./wire";

const TITLE = ["面试复核", "Review"] as const;
const DENIED = ["当前角色不能查看录像。", "Your role may not see footage."] as const;

export function ReviewApp() {
  return (
    <DeskShell title={TITLE} right="evidence" denied={DENIED} projects="/review/projects">
      {({ project }) => <Sessions key={project} project={project} />}
    </DeskShell>
  );
}

function Sessions({ project }: { project: string }) {
  const { ask } = useDesk();
  const [sessions, setSessions] = useState<ReviewSession[] | null>(null);
  const [body, setBody] = useState<ReviewBody | null>(null);
  const watching = body !== null;
  useEffect(() => {
    if (project !== "" && !watching) {
      void ask<ReviewSession[]>(`/review/projects/${project}`).then((found) => found !== null && setSessions(found));
    }
  }, [project, watching]);
  const open = (session: string) =>
    void ask<ReviewBody>(`/review/sessions/${session}`).then((found) => found !== null && setBody(found));
  if (body === null) return sessions === null ? null : <List sessions={sessions} open={open} />;
  return <Player key={body.session} body={body} leave={() => setBody(null)} again={() => open(body.session)} />;
}

const stateName = worded({
  confirmed: ["已完成", "Confirmed"],
  confirmed_late: ["超时完成", "Confirmed late"],
  late: ["已超时", "Late"],
  closed_with_loss: ["缺失说明结案", "Closed with loss"],
  on_track: ["进行中", "Under way"],
  at_risk: ["可能超时", "At risk"],
});

function List({ sessions, open }: { sessions: ReviewSession[]; open: (session: string) => void }) {
  const { tr } = useDesk();
  return (
    <main class="sessions">
      <h1>{tr("面试记录", "Sessions")}</h1>
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{tr("复核编号", "Number")}</th>
            <th scope="col">{tr("场次", "Batch")}</th>
            <th scope="col">{tr("已校验", "Verified")}</th>
            <th scope="col">{tr("回执", "Receipt")}</th>
            <th scope="col">{tr("结论", "Conclusions")}</th>
          </tr>
        </thead>
        <tbody>
          {sessions.map((one) => (
            <tr key={one.session}>
              <th scope="row">
                <button type="button" class="link num" onClick={() => open(one.session)}>
                  {one.alias}
                </button>
              </th>
              <td>{one.batch}</td>
              <td class="num">{one.links}</td>
              <td>{stateName(one.state, tr)}</td>
              <td>{one.conclusions.map((each) => each.by).join(tr("、", ", ")) || "—"}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {sessions.length === 0 && <p>{tr("这个项目还没有面试记录。", "This project has no sessions yet.")}</p>}
    </main>
  );
}
