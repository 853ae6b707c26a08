/** Follows the states, hands them down, shows the page of the current stage. Holds no rule. */
import type { ComponentChild } from "preact";
import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { type App, AppContext, translator } from "../shared/app";
import { Dialog } from "../shared/dialog";
import { follow, type Line, order } from "../shared/link";
import type { ErrorBody, Order, PageState } from "../shared/pagestate";
import { Button, Say } from "../shared/parts";
import { Rail, TopBar } from "../shared/shell";
import type { Anchor } from "../shared/time";
import { useWatch } from "./watch";
import { AnsweringPage } from "./answering";
import { AttachmentsPage } from "./attachments";
import { BindingPage, PhoneLine } from "./binding";
import { ConfirmPage } from "./confirm";
import { DevicesPage } from "./devices";
import { EndPage } from "./end";
import { EnterPage } from "./enter";
import { LoginPage } from "./login";

export function Candidate() {
  const [told, setTold] = useState<{ state: PageState; anchor: Anchor } | null>(null);
  const [line, setLine] = useState<Line>("opening");
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  useEffect(
    () =>
      follow(
        (state) => setTold({ state, anchor: { center_ms: state.top.center_ms, at: performance.now() } }),
        setLine,
      ),
    [],
  );
  const act = useCallback(async (wanted: Order) => {
    const refused = await order(wanted);
    setFailed(refused);
    return refused === null;
  }, []);
  const stage = told?.state.stage;
  useEffect(() => setFailed(null), [stage]);
  const app = useMemo<App | null>(
    () => told && { ...told, tr: translator(told.state.lang), act, failed, dismiss: () => setFailed(null) },
    [told, act, failed],
  );
  useEffect(() => {
    if (!told) return;
    if (performance.getEntriesByName("usable").length === 0) performance.mark("usable"); // what `window-start` reads
    document.documentElement.lang = told.state.lang === "zh" ? "zh-CN" : "en";
    const now = told.state.stages.find((entry) => entry.state === "now");
    const name = told.state.lang === "zh" ? "智试云" : "Zhishi";
    document.title = now === undefined ? name : `${told.state.lang === "zh" ? now.title_zh : now.title_en} · ${name}`;
  }, [told]);
  useWatch(stage);
  if (app === null) return <Opening line={line} />;
  return (
    <AppContext.Provider value={app}>
      <div class="app">
        <TopBar />
        <Rail />
        <div class="body">
          {line === "lost" && (
            <Say tone="warn">
              {app.tr(
                "本页与本机程序的连接中断，正在自动重连。录制由另一个程序进行，不受影响。",
                "This page lost the program on this computer and reconnects by itself. Recording is done by another program and goes on.",
              )}
            </Say>
          )}
          <PhoneLine />
          <CurrentPage state={app.state} />
        </div>
        {app.state.closing && <Closing app={app} />}
      </div>
    </AppContext.Provider>
  );
}

function CurrentPage({ state }: { state: PageState }): ComponentChild {
  const { page } = state;
  switch (page.kind) {
    case "devices":
      return <DevicesPage page={page} />;
    case "login":
      return <LoginPage page={page} />;
    case "binding":
      return <BindingPage page={page} />;
    case "attachments":
      return <AttachmentsPage page={page} />;
    case "enter":
      return <EnterPage page={page} />;
    case "confirm":
      return <ConfirmPage page={page} />;
    case "answering":
      return <AnsweringPage page={page} />;
    case "end":
      return <EndPage page={page} />;
  }
}

/** Before the first state: the language is not known yet, so both are shown. */
function Opening({ line }: { line: Line }) {
  return (
    <main class="opening" aria-live="polite">
      <h1>智试云</h1>
      {line === "lost" ? (
        <>
          <p>没有连上本机程序，正在自动重试。如果一直这样，请关闭本窗口，再打开智试云。</p>
          <p lang="en">
            The program on this computer does not answer; trying again. If it stays so, close this window and open Zhishi
            again.
          </p>
        </>
      ) : (
        <p>
          正在打开… <span lang="en">Opening…</span>
        </p>
      )}
    </main>
  );
}

function Closing({ app }: { app: App }) {
  const { tr, act } = app;
  return (
    <Dialog title={tr("还有视频没有上传完", "Not everything has been uploaded yet")} leave={() => void act({ action: "stay" })}>
      <p>
        {tr(
          "关闭窗口后，后台程序会继续上传。请不要关机，保持联网；上传成功前请再打开智试云确认一次。",
          "After closing, uploading goes on in the background. Keep the computer on and online, and open Zhishi once more to see that it succeeded.",
        )}
      </p>
      <div class="choice">
        <Button order={{ action: "close_anyway" }}>{tr("仍要关闭", "Close anyway")}</Button>
        <Button tone="act" order={{ action: "stay" }} first>
          {tr("留在本页", "Stay here")}
        </Button>
      </div>
    </Dialog>
  );
}
