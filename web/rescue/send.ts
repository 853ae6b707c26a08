/** Sends one file to `POST /api/v1/rescue` and reads what the center says of it. A line that breaks is tried again. */
export interface Refusal {
  track: string;
  kind: string;
  index: number;
  seq: number;
  code: string;
  detail: string;
}

/** `domain.wire.center.RescueAnswer`. */
export interface Answer {
  bundle: string;
  part: number;
  parts: number;
  project: string;
  number: string;
  session: string;
  device: string;
  taken: number;
  known: number;
  refused: number;
  refusals: Refusal[];
  cut_short: boolean;
  problems: string[];
  missing: number | null;
  device_receipt: string | null;
  session_receipt: string | null;
}

export interface Failed {
  message_zh: string;
  message_en: string;
  hint_zh: string;
  hint_en: string;
  code: string;
}

export type Outcome = { answer: Answer } | { failed: Failed };

const TRIES = 5;
const LOST: Failed = {
  message_zh: "网络中断",
  message_en: "The network was lost",
  hint_zh: "请联网后再选一次同一个文件；已收到的部分不会重复",
  hint_en: "Choose the same file again once there is a network; what arrived is not taken twice",
  code: "center_unreachable",
};

export async function bring(file: File, moved: (share: number) => void): Promise<Outcome> {
  for (let left = TRIES - 1; ; left -= 1) {
    const said = await once(file, moved);
    if (said !== null) return said;
    if (left === 0) return { failed: LOST };
    await new Promise((done) => setTimeout(done, 1000 * 2 ** (TRIES - left - 1)));
  }
}

/** null: the line broke, or the center asked to come again. */
function once(file: File, moved: (share: number) => void): Promise<Outcome | null> {
  return new Promise((done) => {
    const request = new XMLHttpRequest();
    request.upload.onprogress = (event) => moved(event.total > 0 ? event.loaded / event.total : 1);
    request.onload = () => {
      if ([429, 503, 507].includes(request.status)) return done(null);
      try {
        const body: unknown = JSON.parse(request.responseText);
        done(request.status === 200 ? { answer: body as Answer } : { failed: body as Failed });
      } catch {
        done(null); // something between us and the center answered
      }
    };
    request.onerror = request.onabort = request.ontimeout = () => done(null);
    request.open("POST", "/api/v1/rescue");
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(file);
  });
}
