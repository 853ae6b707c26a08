/**
 * Notes what happens to the window from entering to the end: focus lost and back, screenshot key, copying, printing.
 * Says it to the server, which decides what goes on the timeline; shows nothing, accuses nobody.
 */
import { useEffect } from "preact/hooks";
import { order } from "../shared/link";
import type { Order, Stage } from "../shared/pagestate";

type Kind = Extract<Order, { action: "note" }>["kind"];
const WATCHED: readonly Stage[] = ["confirm", "answering"];

export function useWatch(stage: Stage | undefined): void {
  const watched = stage !== undefined && WATCHED.includes(stage);
  useEffect(() => {
    if (!watched) return;
    const on = new AbortController();
    const note = (kind: Kind) => void order({ action: "note", kind });
    const { signal } = on;
    const refuse = (kind: Kind) => (event: Event) => {
      event.preventDefault();
      note(kind);
    };
    window.addEventListener("blur", () => note("focus_lost"), { signal });
    window.addEventListener("focus", () => note("focus_back"), { signal });
    window.addEventListener("beforeprint", () => note("print"), { signal });
    document.addEventListener("copy", refuse("copy"), { signal });
    document.addEventListener("cut", refuse("copy"), { signal });
    document.addEventListener("contextmenu", (event) => event.preventDefault(), { signal });
    document.addEventListener("dragstart", (event) => event.preventDefault(), { signal });
    // PrintScreen comes as keyup only, on most systems
    document.addEventListener(
      "keyup",
      (event) => {
        if (event.key === "PrintScreen") note("screenshot_key");
      },
      { signal },
    );
    return () => on.abort();
  }, [watched]);
}
