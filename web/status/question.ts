/** Asks `POST /api/v1/status`. Keeps nothing: neither number nor code is written anywhere. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** `domain.wire.publicstatus.StatusAnswer`. */
export interface Answer {
  center_ms: number;
  state: string;
  said: Bilingual;
  todo: Bilingual;
  practice: boolean;
  received_links: number;
  verified_links: number;
  named_links: number | null;
  waits_for: string[];
  ended_ms: number | null;
  deadline_ms: number | null;
  confirmed_ms: number | null;
  hotline: string;
}

export interface Failed {
  message_zh: string;
  message_en: string;
  hint_zh: string;
  hint_en: string;
  code: string;
}

const LOST: Failed = {
  message_zh: "暂时无法连接考务平台",
  message_en: "The center cannot be reached right now",
  hint_zh: "请检查网络，稍候再试",
  hint_en: "Check the network, and try again in a moment",
  code: "center_unreachable",
};
const OFTEN: Failed = {
  message_zh: "查询太频繁，或输错次数太多",
  message_en: "Asked too often, or too many wrong tries",
  hint_zh: "请过几分钟再试，或拨打技术服务电话",
  hint_en: "Try again in some minutes, or call support",
  code: "center_busy",
};

/** The answer, or why there is none. */
export async function ask(number: string, code: string): Promise<{ answer: Answer } | { failed: Failed }> {
  try {
    const reply = await fetch("/api/v1/status", {
      method: "POST",
      body: JSON.stringify({ number, code }),
      headers: { "Content-Type": "application/json" },
    });
    if (reply.status === 429) return { failed: OFTEN };
    const body: unknown = await reply.json();
    if (reply.ok) return { answer: body as Answer };
    return { failed: (body as Partial<Failed>).message_zh === undefined ? LOST : (body as Failed) };
  } catch {
    return { failed: LOST };
  }
}
