/** The line to the center for everybody of the staff: questions and acts. Decides nothing. */
import type { ErrorBody } from "../pagestate";

export const BASE = "/api/v1/staff";
export const UNREACHED: ErrorBody = {
  code: "center_unreachable",
  message_zh: "暂时无法连接考务平台",
  message_en: "The center cannot be reached right now",
  hint_zh: "请检查网络，稍候再试",
  hint_en: "Check the network, and try again in a moment",
  retryable: true,
  detail: "",
};

export class Refusal extends Error {
  constructor(readonly body: ErrorBody) {
    super(body.code);
  }
}

/** What an answer that is no success says. */
export function refusal(status: number, body: unknown): Refusal {
  const told = body as Partial<ErrorBody> | null;
  return new Refusal(told?.message_zh === undefined ? { ...UNREACHED, detail: `HTTP ${status}` } : (told as ErrorBody));
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
  throw refusal(answer.status, body);
}
