/**
 * What stands around all pages of the staff: signing in and out, the language, which project, what was refused.
 *
 * Owns the sign-in as the page knows it. Never decides what somebody may do: the center answers that.
 */
import type { ComponentChildren } from "preact";
import { useCallback, useEffect, useLayoutEffect, useMemo, useState } from "preact/hooks";
import { translator } from "../app";
import type { ErrorBody, Lang } from "../pagestate";
import type { Anchor } from "../time";
import type { Pair } from "../words";
import { DeskContext, useDesk } from "./context";
import type { Desk } from "./context";
import { call, Refusal } from "./link";
import { SignIn } from "./signin";
import type { Me, ProjectEntry } from "./wire";

/** A project as a list of projects tells it; not every list counts candidates. */
export type Listed = Omit<ProjectEntry, "candidates"> & Partial<ProjectEntry>;

export interface Chosen {
  /** The id of the chosen project; empty: none. */
  project: string;
  projects: readonly Listed[];
  choose: (project: string) => void;
  /** Ask for the list again. */
  reload: () => void;
}

interface Props {
  title: Pair;
  /** What somebody must be allowed to use these pages, and what is said to whoever is not. */
  right: string;
  denied: Pair;
  /** Where the list of projects is asked for. */
  projects: string;
  children: (chosen: Chosen) => ComponentChildren;
}

const KEPT = "project";

export function DeskShell({ title, right, denied, projects: list, children }: Props) {
  const [lang, setLang] = useState<Lang>(localStorage.getItem("lang") === "en" ? "en" : "zh");
  const [me, setMe] = useState<Me | null | undefined>(undefined);
  const [projects, setProjects] = useState<Listed[]>([]);
  const [project, setProject] = useState("");
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  const [anchor, setAnchor] = useState<Anchor>({ center_ms: Date.now(), at: performance.now() });
  const tr = useMemo(() => translator(lang), [lang]);
  const told = useCallback((center_ms: number) => setAnchor({ center_ms, at: performance.now() }), []);
  const over = useCallback(() => setMe(null), []);

  const refused = useCallback((why: unknown) => {
    if (!(why instanceof Refusal)) throw why;
    if (why.body.code === "signed_out") setMe(null);
    else setFailed(why.body);
  }, []);
  const signedIn = useCallback(
    (found: Me) => {
      setFailed(null);
      told(found.center_ms);
      setMe(found);
    },
    [told],
  );
  useEffect(() => {
    call<Me>("/me").then(signedIn, (why: unknown) => {
      setMe(null);
      refused(why);
    });
  }, [signedIn, refused]);
  // before the effects of the page inside, which may say more in the title
  useLayoutEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = tr(...title);
    localStorage.setItem("lang", lang);
  }, [lang, tr, title]);

  const choose = useCallback((chosen: string) => {
    sessionStorage.setItem(KEPT, chosen);
    setProject(chosen);
  }, []);
  const allowed = me?.rights.includes(right) ?? false;
  const reload = useCallback(() => {
    call<Listed[]>(list).then((found) => {
      setProjects(found);
      const kept = sessionStorage.getItem(KEPT) ?? "";
      const only = found.length === 1 ? (found[0]?.project ?? "") : "";
      setProject((before) => before || (found.some((one) => one.project === kept) ? kept : only));
    }, refused);
  }, [list, refused]);
  useEffect(() => {
    if (allowed) reload();
  }, [allowed, reload]);

  const switcher = (
    <button type="button" class="btn quiet" onClick={() => setLang(lang === "zh" ? "en" : "zh")}>
      <span lang={lang === "zh" ? "en" : "zh-CN"}>{lang === "zh" ? "English" : "中文"}</span>
    </button>
  );
  if (me === undefined) return <main class="signin" aria-busy="true" />;
  if (me === null) return <SignIn tr={tr} switcher={switcher} signedIn={signedIn} />;

  const did = <T,>(path: string, order?: object) =>
    call<T>(path, order, me.csrf).then(
      (answer) => {
        if (order !== undefined) setFailed(null); // what is only looked at again does not hide why an act was refused
        return answer;
      },
      (why: unknown) => (refused(why), null),
    );
  const desk: Desk = {
    me,
    lang,
    tr,
    anchor,
    told,
    act: (path, order) => did(path, order).then((answer) => answer !== null),
    ask: did,
    refused,
    over,
  };
  const leave = () => void desk.act("/sign-out", {}).then((done) => done && over());
  return (
    <DeskContext.Provider value={desk}>
      <header class="top">
        <b>{tr(...title)}</b>
        {projects.length > 0 && (
          <select
            aria-label={tr("面试项目", "Project")}
            value={project}
            onChange={(event) => choose(event.currentTarget.value)}
          >
            <option value="">{tr("选择面试项目", "Choose a project")}</option>
            {projects.map((one) => (
              <option key={one.project} value={one.project}>
                {one.title}
                {one.candidates !== undefined && ` · ${one.candidates} ${tr("人", "people")}`}
                {one.practice && tr("（练习）", " (practice)")}
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
      {failed !== null && <Refused error={failed} dismiss={() => setFailed(null)} />}
      {allowed ? (
        children({ project, projects, choose, reload })
      ) : (
        <main class="empty">
          <p>{tr(...denied)}</p>
        </main>
      )}
    </DeskContext.Provider>
  );
}

/** What was refused, why, and what to do. */
function Refused({ error, dismiss }: { error: ErrorBody; dismiss: () => void }) {
  const { tr } = useDesk();
  return (
    <div class="say bad failure" role="alert">
      <span class="sign" aria-hidden="true">
        ×
      </span>
      <div>
        <b>{tr(error.message_zh, error.message_en)}</b>
        <p>{tr(error.hint_zh, error.hint_en)}</p>
        <p class="small">
          {tr("错误代码", "Error code")} {error.code} {error.detail}
        </p>
      </div>
      <button type="button" class="btn quiet" onClick={dismiss}>
        {tr("知道了", "Dismiss")}
      </button>
    </div>
  );
}
