/** What the phone and the center say to each other: mirrors `domain/wire/companion.py` and what it uses of `center.py`. */

export const API = "/api/v1";
export const UPLOADS = `${API}/uploads`;

/** Where a stamp of time comes from: center time in milliseconds, estimated or not. */
export interface Stamp {
  center_ms: number;
  center_est: boolean;
}

export interface Bilingual {
  zh: string;
  en: string;
}

export interface SessionFacts {
  session: string;
  project: string;
  title: string;
  batch: string;
  number: string;
  practice: boolean;
  scheduled_end_ms: number;
  extra_ms: number;
  window_ms: number;
  companion_required: boolean;
  hotline: string;
  ended_ms: number | null;
  deadline_ms: number | null;
  may_delete: boolean;
}

export interface KeysBody {
  root: JsonWebKey;
  key_set: string;
}

export interface Notice {
  id: number;
  kind: string;
  text: Bilingual;
  at_ms: number;
}

export interface HelpRequest {
  id: string;
  text: string;
  asked_ms: number;
  answer: string | null;
  answered_ms: number | null;
}

export interface CompanionView {
  center_ms: number;
  approved: boolean;
  refused: boolean;
  replaced: boolean;
  facts: SessionFacts;
  batch_start_ms: number;
  entered: boolean;
  ended: boolean;
  finish: boolean;
  answering: boolean;
  notices: Notice[];
  help: HelpRequest[];
  release_code: string | null;
  device_receipt: string | null;
  session_receipt: string | null;
  may_delete: boolean;
  waived: boolean;
}

export interface BindingOrder {
  kind: "link" | "code";
  secret: string;
  device: string;
  public_key: JsonWebKey;
  name: string;
}

export interface Bound {
  facts: SessionFacts;
  keys: KeysBody;
  center_ms: number;
  approved: boolean;
  title: string;
  number_tail: string;
  hotline: string;
  view: CompanionView;
}

/** What the phone says of itself: `domain.companion.PhoneState`. */
export type PhoneState =
  | "preview"
  | "pan"
  | "placing"
  | "recording"
  | "interrupted"
  | "frozen"
  | "black"
  | "silent"
  | "stopped"
  | "uploading"
  | "done";

export interface Beat {
  state: PhoneState;
  battery: number | null;
  charging: boolean | null;
  free_bytes: number | null;
  segments: number;
  bytes: number;
  sent_segments: number;
  sent_bytes: number;
  recording_since_ms: number | null;
  at: Stamp;
}

export interface HelpOrder {
  id: string;
  text: string;
  at: Stamp;
}

export interface LinkState {
  track: string;
  run: string;
  kind: string;
  index: number;
  seq: number;
  sha256: string;
  state: "open" | "stored" | "verified" | "quarantined";
  offset: number;
  upload: string;
}

export interface ManifestAnswer {
  revision: number;
  sha256: string;
  missing: number;
  device_receipt: string | null;
  session_receipt: string | null;
}

export interface ErrorBody {
  code: string;
  message_zh: string;
  message_en: string;
  hint_zh: string;
  hint_en: string;
  retryable: boolean;
  detail: string;
}
