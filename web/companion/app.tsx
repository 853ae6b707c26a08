/** The frame of the phone's pages, and which page is shown. */
import { useEffect, useState } from "preact/hooks";
import { clockShort } from "../shared/time";
import { Asking, Ready } from "./begin";
import { Bind } from "./bind";
import { type Lang, ShownContext, type Tr, useCenterTime, useShown } from "./context";
import { Film } from "./film";
import { HelpDialog } from "./help";
import { HurdlePage } from "./hurdles";
import { Notices, ReleaseCode } from "./news";
import { PanPage } from "./panpage";
import type { Phone } from "./phone";
import { Placing } from "./placing";
import { Sending } from "./sending";

const LANG = "zhishi-lang";

export function Companion({ phone }: { phone: Phone }) {
  const [, again] = useState(0);
  const [lang, setLang] = useState<Lang>(() => (localStorage.getItem(LANG) === "en" ? "en" : "zh"));
  useEffect(() => {
    const leave = phone.subscribe(() => again((n) => n + 1));
    again((n) => n + 1); // what changed before anybody listened
    return leave;
  }, [phone]);
  useEffect(() => {
    document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
    document.title = lang === "zh" ? "智试通" : "Zhishi phone";
    localStorage.setItem(LANG, lang);
  }, [lang]);
  const tr: Tr = (zh, en) => (lang === "en" && en !== "" ? en : zh);
  const seen = phone.snapshot;
  return (
    <ShownContext.Provider value={{ phone, seen, lang, tr }}>
      <Top turn={() => setLang(lang === "zh" ? "en" : "zh")} />
      <main class={seen.screen}>
        <ReleaseCode />
        <Notices />
        <Page />
      </main>
    </ShownContext.Provider>
  );
}

function Top({ turn }: { turn: () => void }) {
  const { phone, seen, tr, lang } = useShown();
  const now = useCenterTime(phone);
  const [asks, setAsks] = useState(false);
  return (
    <header class="top">
      <b>
        {tr("智试通", "Zhishi phone")}
        {seen.binding !== null && (
          <>
            {" · "}
            {tr("考生", "Candidate")} <span class="num">{seen.binding.number_tail}</span>
          </>
        )}
        {seen.view?.facts.practice === true && <span class="tag">{tr("模拟", "Rehearsal")}</span>}
      </b>
      <span class="num" title={tr("考试系统时间", "Center time")}>
        {seen.binding === null ? "" : clockShort(now)}
      </span>
      {seen.binding !== null && (
        <button type="button" class="btn small-btn" onClick={() => setAsks(true)}>
          {tr("求助", "Help")}
        </button>
      )}
      <button type="button" class="btn small-btn" lang={lang === "zh" ? "en" : "zh-CN"} onClick={turn}>
        {lang === "zh" ? "English" : "中文"}
      </button>
      {asks && <HelpDialog leave={() => setAsks(false)} />}
    </header>
  );
}

function Page() {
  const { seen, tr } = useShown();
  switch (seen.screen) {
    case "loading":
      return <p role="status">{tr("正在打开…", "Opening…")}</p>;
    case "hurdle":
      return <HurdlePage hurdle={seen.hurdle ?? "no_camera"} />;
    case "bind":
      return <Bind />;
    case "asking":
      return <Asking />;
    case "ready":
      return <Ready />;
    case "pan":
      return <PanPage />;
    case "placing":
      return <Placing />;
    case "filming":
      return <Film />;
    case "sending":
      return <Sending />;
  }
}
