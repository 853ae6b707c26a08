/** Who reviews, which project, which session. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { translator } from "../shared/app";
import type { Lang } from "../shared/pagestate";
import { DeskContext } from "../staff/context";
import type { Desk } from "../staff/context";
import { call, Refusal } from "../staff/link";
import { SignIn } from "../staff/signin";
import { worded } from "../staff/words";
import type { ErrorBody, Me } from "../staff/wire";
import { Player } from "./player";
import type { ReviewBody, ReviewProject, ReviewSession } from "./wire";

export function ReviewApp() {
  const [lang, setLang] = useState<Lang>(localStorage.getItem("lang") === "en" ? "en" : "zh");
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const [projects, setProjects] = useState<ReviewProject[]>([]);
  const [project, setProject] = useState("");
  const [sessions, setSessions] = useState<ReviewSession[]>([]);
  const [body, setBody] = useState<ReviewBody | null>(null);
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  const tr = useMemo(() => translator(lang), [lang]);

  const refused = useCallback((why: unknown) => {
    if (!(why instanceof Refusal)) throw why;
    if (why.body.code === "signed_out") setMe(null);
    else setFailed(why.body);
  }, []);
  useEffect(() => {
    call<Me>("/me").then(setMe, (why: unknown) => {
      setMe(null);
      if (!(why instanceof Refusal) || why.body.code !== "signed_out") refused(why);
    });
  }, [refused]);
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    localStorage.setItem("lang", lang);
  }, [lang]);
  const reviews = me?.rights.includes("evidence") ?? false;
  useEffect(() => {
    if (!reviews) return;
    call<ReviewProject[]>("/review/projects").then((found) => {
      setProjects(found);
      if (found.length === 1) setProject(found[0]?.project ?? "");
    }, refused);
  }, [reviews, refused]);
  useEffect(() => {
    if (project !== "") call<ReviewSession[]>(`/review/projects/${project}`).then(setSessions, refused);
  }, [project, body === null, refused]);
  const open = (session: string) => void call<ReviewBody>(`/review/sessions/${session}`).then(setBody, refused);

  const switcher = (
    <button type="button" class="btn quiet" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
      {lang === "zh" ? "English" : "中文"}
    </button>
  );
  if (me === undefined) return <main class="signin" aria-busy="true" />;
  if (me === null) return <SignIn tr={tr} switcher={switcher} signedIn={setMe} />;
  const desk: Desk = {
    me,
    anchor: { center_ms: me.center_ms, at: 0 },
    tr,
    act: (path, order) =>
      call(path, order, me.csrf).then(
        () => (setFailed(null), true),
        (why: unknown) => (refused(why), false),
      ),
    ask: <T,>(path: string, order?: object) =>
      call<T>(path, order, me.csrf).then(
        (told) => (setFailed(null), told),
        (why: unknown) => (refused(why), null),
      ),
  };
  return (
    <DeskContext.Provider value={desk}>
      <header class="top">
        <b>{tr("面试复核", "Review")}</b>
        <select
          aria-label={tr("面试项目", "Project")}
          value={project}
          onChange={(event) => {
            setProject(event.currentTarget.value);
            setBody(null);
          }}
        >
          <option value="">{tr("选择面试项目", "Choose a project")}</option>
          {projects.map((one) => (
            <option key={one.project} value={one.project}>
              {one.title}
              {one.practice ? tr("（练习）", " (practice)") : ""}
            </option>
          ))}
        </select>
        <span class="grow" />
        <span>{me.name}</span>
        {switcher}
        <button type="button" class="btn quiet" onClick={() => void desk.act("/sign-out", {}).then((done) => done && setMe(null))}>
          {tr("退出登录", "Sign out")}
        </button>
      </header>
      {failed !== null && (
        <div class="say bad failure" role="alert">
          <span class="sign" aria-hidden="true">
            ×
          </span>
          <div>
            <b>{tr(failed.message_zh, failed.message_en)}</b>
            <p>{tr(failed.hint_zh, failed.hint_en)}</p>
          </div>
          <button type="button" class="btn quiet" onClick={() => setFailed(null)}>
            {tr("知道了", "Dismiss")}
          </button>
        </div>
      )}
      {!reviews && (
        <main class="empty">
          <p>{tr("当前角色不能查看录像。", "Your role may not see footage.")}</p>
        </main>
      )}
      {reviews && body === null && <List sessions={sessions} open={open} desk={desk} />}
      {reviews && body !== null && (
        <Player key={body.session} body={body} leave={() => setBody(null)} again={() => open(body.session)} />
      )}
    </DeskContext.Provider>
  );
}

const stateName = worded({
  confirmed: ["已完成", "Confirmed"],
  confirmed_late: ["超时完成", "Confirmed late"],
  late: ["已超时", "Late"],
  closed_with_loss: ["缺失说明结案", "Closed with loss"],
  on_track: ["进行中", "Under way"],
  at_risk: ["可能超时", "At risk"],
});

function List({ sessions, open, desk }: { sessions: ReviewSession[]; open: (session: string) => void; desk: Desk }) {
  const { tr } = desk;
  return (
    <main class="list">
      <h1>{tr("面试记录", "Sessions")}</h1>
      <table>
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
    </main>
  );
}
