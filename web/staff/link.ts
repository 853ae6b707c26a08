/** The line to the center: questions, acts, and the live stream of one project. Owns reconnecting; decides nothing. */
import type { Changes, ErrorBody, Overview } from "./wire";

const BASE = "/api/v1/staff";
const UNREACHED: ErrorBody = {
  code: "center_unreachable",
  message_zh: "暂时无法连接考务平台",
  message_en: "The center cannot be reached right now",
  hint_zh: "请检查网络；正在自动重连",
  hint_en: "Check the network; it is being reconnected",
  retryable: true,
  detail: "",
};

export class Refusal extends Error {
  constructor(readonly body: ErrorBody) {
    super(body.code);
  }
}

/** Ask or act; the csrf value makes it an act. Throws Refusal. */
export async function call<T>(path: string, order?: unknown, csrf = ""): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(BASE + path, {
      ...(order === undefined
        ? {}
        : {
            method: "POST",
            body: JSON.stringify(order),
            headers: { "Content-Type": "application/json", "Zhishi-Csrf": csrf },
          }),
    });
  } catch {
    throw new Refusal(UNREACHED);
  }
  const body: unknown = await answer.json().catch(() => null);
  if (answer.ok) return body as T;
  const told = body as Partial<ErrorBody> | null;
  throw new Refusal(told?.message_zh === undefined ? { ...UNREACHED, detail: `HTTP ${answer.status}` } : (told as ErrorBody));
}

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
