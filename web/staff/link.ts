/** The live stream of one project. Owns reconnecting; decides nothing. */
import { BASE } from "../shared/desk/link";
import type { Changes, Overview } from "./wire";

export interface Followed {
  overview: (all: Overview) => void;
  changes: (some: Changes) => void;
  line: (live: boolean) => void;
  over: () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

/** Follow a project until the returned function is called. */
export function follow(project: string, told: Followed): () => void {
  let source: EventSource | null = null;
  let wait = FIRST_WAIT_MS;
  let again: number | undefined;
  let ended = false;
  const open = () => {
    if (ended) return;
    source = new EventSource(`${BASE}/projects/${encodeURIComponent(project)}/events`);
    source.addEventListener("overview", (event: MessageEvent<string>) => {
      wait = FIRST_WAIT_MS;
      told.line(true);
      told.overview(JSON.parse(event.data) as Overview);
    });
    source.addEventListener("changes", (event: MessageEvent<string>) => told.changes(JSON.parse(event.data) as Changes));
    source.addEventListener("over", () => {
      source?.close();
      told.over();
    });
    source.onerror = () => {
      // one rule of ours for a cut and for an error answer: a browser gives up after the latter
      source?.close();
      told.line(false);
      window.clearTimeout(again);
      again = window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  };
  open();
  return () => {
    ended = true;
    window.clearTimeout(again);
    source?.close();
  };
}
