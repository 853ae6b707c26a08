/**
 * What the pages are told and may ask for. Mirrors ui/pagestate.py with its pages, and ui/pageorders.py (a test compares
 * the names); those files say what every field means.
 */

export type Lang = "zh" | "en";
export type Stage = "devices" | "login" | "binding" | "attachments" | "enter" | "confirm" | "answering" | "end";

export interface ErrorBody {
  code: string;
  message_zh: string;
  message_en: string;
  hint_zh: string;
  hint_en: string;
  retryable: boolean;
  detail: string;
}

export interface StageEntry {
  stage: Stage;
  state: "done" | "now" | "locked";
  title_zh: string;
  title_en: string;
  why_zh: string;
  why_en: string;
  opens_at_ms: number | null;
}

export interface Top {
  project: string;
  title: string;
  number: string;
  center_ms: number;
  center_est: boolean;
  network: "online" | "offline" | "unknown";
  hotline: string;
  start_ms: number | null;
  practice: boolean;
  rehearsal: boolean;
}

export interface Check {
  id: string;
  title_zh: string;
  title_en: string;
  verdict: "pass" | "warn" | "fail" | "running";
  zh: string;
  en: string;
  todo_zh: string;
  todo_en: string;
  blocks: boolean;
}

export interface Rule {
  id: string;
  zh: string;
  en: string;
  ticked: boolean;
}

export interface DeviceEntry {
  id: string;
  kind: string;
  source: string;
  name: string;
  usable: boolean;
  why_not: string;
}

export interface Chosen {
  camera: string | null;
  microphone: string | null;
  screen: string | null;
}

export interface Trial {
  state: "none" | "recording" | "ready" | "heard" | "bad";
  left_ms: number | null;
  url: string | null;
  duration_ms: number | null;
}

export interface Devices {
  kind: "devices";
  checks: Check[];
  rules: Rule[];
  devices: DeviceEntry[];
  chosen: Chosen;
  level_db: number | null;
  preview: boolean;
  test_clip: Trial;
  can_go_on: boolean;
  why_not_zh: string;
  why_not_en: string;
  can_rehearse: boolean;
}

export interface Consent {
  version: string;
  zh: string;
  en: string;
  accepted: boolean;
}

export interface Login {
  kind: "login";
  step: "project" | "consent" | "form" | "face" | "retry" | "help" | "done";
  consent: Consent;
  project: string;
  number: string;
  id_number: string;
  guide_zh: string;
  guide_en: string;
  cue: string;
  done: number;
  of: number;
  attempts_left: number;
  asked_support: boolean;
  preview: boolean;
  gate_zh: string;
  gate_en: string;
  opens_at_ms: number | null;
  taken: boolean;
}

export interface PhoneView {
  device: string;
  name: string;
  tail: string;
  battery: number | null;
  charging: boolean;
  low_battery: boolean;
  low_storage: boolean;
  segments: number;
  sent_segments: number;
  bytes: number;
  sent_bytes: number;
  seen_ms: number;
}

export interface Binding {
  kind: "binding";
  required: boolean;
  waived: boolean;
  code: string;
  address: string;
  qr_svg: string;
  expires_ms: number | null;
  phone: string;
  bound: PhoneView | null;
  asking: PhoneView | null;
  trouble: string;
}

export interface Attachment {
  id: string;
  title: string;
  media_type: string;
  url: string | null;
  opened: boolean;
  read: boolean;
}

export interface Pledge {
  version: string;
  zh: string;
  en: string;
  accepted: boolean;
}

export interface Attachments {
  kind: "attachments";
  items: Attachment[];
  pledge: Pledge;
  can_go_on: boolean;
  why_not_zh: string;
  why_not_en: string;
}

export interface Enter {
  kind: "enter";
  can_enter: boolean;
  why_not_zh: string;
  why_not_en: string;
  opens_at_ms: number | null;
  door_closes_ms: number | null;
  entering: boolean;
  one_display: boolean;
}

export interface Confirm {
  kind: "confirm";
  devices: DeviceEntry[];
  chosen: Chosen;
  level_db: number | null;
  preview: boolean;
}

export interface Question {
  id: string;
  text: string;
}

export interface Answering {
  kind: "answering";
  phase: "waiting" | "a4" | "questions" | "missing";
  start_ms: number | null;
  a4_until_ms: number | null;
  ends_at_ms: number | null;
  late_limit_at_ms: number | null;
  missing_since_ms: number | null;
  fetching: boolean;
  pack: boolean;
  questions: Question[];
  preview: boolean;
  level_db: number | null;
  recording: boolean;
  can_end: boolean;
}

export interface TrackView {
  track: string;
  segments: number;
  sent_segments: number;
  verified_segments: number;
  bytes: number;
  sent_bytes: number;
  verified_bytes: number;
  duration_ms: number;
  gaps: number;
  gap_ms: number;
}

export interface Receipt {
  path: string;
  final: boolean;
  practice: boolean;
  issued_ms: number;
  number: string;
  project: string;
  fingerprint: string;
  qr_svg: string;
  segments: number;
  bytes: number;
  assessment: string;
}

export interface CarryPlace {
  path: string;
  name: string;
  free_bytes: number;
  removable: boolean;
}

export interface Carry {
  offered: boolean;
  open: boolean;
  state: "idle" | "preparing" | "writing" | "done" | "failed";
  places: CarryPlace[];
  folder: string;
  share: number;
  files: string[];
  file_bytes: number;
  left_out: number;
  error: ErrorBody | null;
}

export interface End {
  kind: "end";
  state: string;
  assessment: string;
  said_zh: string;
  said_en: string;
  todo_zh: string;
  todo_en: string;
  tracks: TrackView[];
  remaining_bytes: number;
  bytes_per_second: number;
  finish_in_ms: number | null;
  ended_ms: number | null;
  deadline_ms: number | null;
  window_left_ms: number | null;
  phone: string | null;
  support_code: string;
  receipt: Receipt | null;
  saved: string;
  printed: string;
  carry: Carry;
  may_close: boolean;
}

export interface StripCell {
  from_ms: number;
  to_ms: number;
  state: "recorded" | "sent" | "verified" | "gap";
  count: number;
}

export interface StripLane {
  track: string;
  cells: StripCell[];
}

export interface Strip {
  from_ms: number;
  to_ms: number;
  lanes: StripLane[];
  marks: number[];
}

export interface HelpEntry {
  id: string;
  at_ms: number;
  text: string;
  state: "queued" | "sent" | "answered";
  answer: string;
  code: string;
}

export interface Notice {
  id: string;
  level: "info" | "warn";
  zh: string;
  en: string;
  passing: boolean;
}

export type Page = Devices | Login | Binding | Attachments | Enter | Confirm | Answering | End;

export interface PageState {
  lang: Lang;
  stage: Stage;
  stages: StageEntry[];
  top: Top;
  page: Page;
  error: ErrorBody | null;
  phone: Binding | null;
  upload: End | null;
  strip: Strip | null;
  help: HelpEntry[];
  notices: Notice[];
  closing: boolean;
}

/** Orders without fields. */
export type Plain =
  | "recheck"
  | "refresh"
  | "record_test"
  | "checks_done"
  | "login_again"
  | "login_back"
  | "support"
  | "rebind"
  | "enter"
  | "confirm"
  | "a4_shown"
  | "questions_shown"
  | "fetch"
  | "end"
  | "retry"
  | "carry_offer"
  | "carry_away"
  | "close"
  | "close_anyway"
  | "stay"
  | "save_receipt"
  | "new"
  | "rehearse";

export type Order =
  | { action: "lang"; lang: Lang }
  | { action: "tick"; id: string; ticked: boolean }
  | { action: "choose"; camera?: string; microphone?: string; screen?: string }
  | { action: "heard"; ok: boolean }
  | { action: "consent"; version: string; accepted: boolean }
  | { action: "project"; project: string }
  | { action: "login"; number: string; id_number: string; takeover?: boolean }
  | { action: "open" | "read"; id: string }
  | { action: "approve" | "unbind"; device: string }
  | { action: "pledge"; version: string }
  | { action: "release"; code: string }
  | { action: "help"; text: string }
  | { action: "note"; kind: "focus_lost" | "focus_back" | "screenshot_key" | "copy" | "print" }
  | { action: "question"; number: number }
  | { action: "seen"; id: string }
  | { action: "carry"; folder: string }
  | { action: Plain };
