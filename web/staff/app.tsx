/** Who is signed in, in which language, and what was refused; then the dashboard. */
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { translator } from "../shared/app";
import type { Lang } from "../shared/pagestate";
import type { Anchor } from "../shared/time";
import { Board } from "./board";
import { DeskContext } from "./context";
import type { Desk } from "./context";
import { call, Refusal } from "./link";
import { SignIn } from "./signin";
import type { ErrorBody, Me, ProjectEntry } from "./wire";

export function StaffApp() {
  const [lang, setLang] = useState<Lang>(localStorage.getItem("lang") === "en" ? "en" : "zh");
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const [projects, setProjects] = useState<ProjectEntry[]>([]);
  const [project, setProject] = useState("");
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  const [anchor, setAnchor] = useState<Anchor>({ center_ms: Date.now(), at: performance.now() });
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
  const watches = me?.rights.includes("watch") ?? false;
  useEffect(() => {
    if (!watches) return;
    call<ProjectEntry[]>("/projects").then((found) => {
      setProjects(found);
      setProject((before) => before || (found.length === 1 ? (found[0]?.project ?? "") : ""));
    }, refused);
  }, [watches, refused]);

  const switcher = (
    <button type="button" class="btn quiet" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
      {lang === "zh" ? "English" : "中文"}
    </button>
  );
  if (me === undefined) return <main class="signin" aria-busy="true" />;
  if (me === null) return <SignIn tr={tr} switcher={switcher} signedIn={setMe} />;

  const desk: Desk = {
    me,
    anchor,
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
  const leave = () => void desk.act("/sign-out", {}).then((done) => done && setMe(null));
  return (
    <DeskContext.Provider value={desk}>
      <header class="top">
        <b>{tr("考务平台", "Center")}</b>
        {projects.length > 0 && (
          <select
            aria-label={tr("面试项目", "Project")}
            value={project}
            onChange={(event) => setProject(event.currentTarget.value)}
          >
            <option value="">{tr("选择面试项目", "Choose a project")}</option>
            {projects.map((one) => (
              <option key={one.project} value={one.project}>
                {one.title} · {one.candidates} {tr("人", "people")}
                {one.practice ? tr("（练习）", " (practice)") : ""}
              </option>
            ))}
          </select>
        )}
        <span class="grow" />
        <span>{me.name}</span>
        {switcher}
        <button type="button" class="btn quiet" onClick={leave}>
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
            <p class="small">
              {tr("错误代码", "Error code")} {failed.code} {failed.detail}
            </p>
          </div>
          <button type="button" class="btn quiet" onClick={() => setFailed(null)}>
            {tr("知道了", "Dismiss")}
          </button>
        </div>
      )}
      {!watches && (
        <main class="empty">
          <p>{tr("当前角色没有实时监看页面。", "Your role has no live dashboard.")}</p>
        </main>
      )}
      {watches && project === "" && (
        <main class="empty">
          <p>
            {projects.length === 0
              ? tr("还没有面试项目：请先导入项目文件夹。", "There is no project yet: import a folder first.")
              : tr("请在上方选择面试项目。", "Choose a project above.")}
          </p>
        </main>
      )}
      {watches && project !== "" && (
        <Board key={project} project={project} told={setAnchor} over={() => setMe(null)} />
      )}
    </DeskContext.Provider>
  );
}
