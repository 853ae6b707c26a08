/** What the center tells staff. Mirrors domain/wire/staff.py (a test compares the names), which says what each means. */

export interface Bilingual {
  zh: string;
  en: string;
}

export interface TrackCount {
  verified_links: number;
  verified_bytes: number;
  gaps: number;
}

export interface HelpEntry {
  id: string;
  text: string;
  asked_ms: number;
  claimed_by: string;
}

export type Risk =
  | "late"
  | "help"
  | "not_recording"
  | "at_risk"
  | "absent"
  | "offline"
  | "phone"
  | "watch"
  | "calm"
  | "closed"
  | "done";

export interface Row {
  session: string;
  number: string;
  name: string;
  batch: string;
  support_code: string;
  stage: string;
  connection: "never" | "live" | "quiet" | "offline";
  seen_ms: number | null;
  recorder: string;
  health: Record<string, string>;
  troubles: string[];
  tracks: Record<string, TrackCount>;
  remaining_bytes: number;
  bytes_per_second: number;
  finish_ms: number | null;
  start_ms: number;
  ended_ms: number | null;
  deadline_ms: number | null;
  assessment: string;
  risk: Risk;
  why: Bilingual;
  remedy: Bilingual;
  act: string;
  phone: string;
  phone_required: boolean;
  help: HelpEntry | null;
}

export interface EarlyCall {
  id: string;
  project: string;
  number: string;
  support_code: string;
  stage: string;
  text: string;
  asked_ms: number;
  claimed_by: string;
}

export interface Overview {
  project: string;
  title: string;
  center_ms: number;
  rows: Row[];
  calls: EarlyCall[];
}

export interface Changes {
  center_ms: number;
  rows: Row[];
  calls: EarlyCall[];
}

export interface TimelineEntry {
  at_ms: number;
  said_ms: number;
  said_est: boolean;
  source: string;
  kind: string;
  data: string;
  words: Bilingual | null;
}

export interface BacklogPoint {
  at_ms: number;
  remaining_bytes: number;
  bytes_per_second: number;
}

export interface DeviceEntry {
  device: string;
  kind: string;
  name: string;
  enrolled_ms: number;
  withdrawn_ms: number | null;
  standing: string;
  heard_ms: number | null;
  battery: number | null;
  charging: boolean | null;
  free_bytes: number | null;
  manifest_ms: number | null;
  verified: boolean;
}

export interface LoginEntry {
  step: string;
  asked_ms: number | null;
  consent: boolean;
  still_ms: number | null;
}

export interface HelpItem {
  id: string;
  stage: string;
  text: string;
  asked_ms: number;
  claimed_by: string;
  answer: string | null;
  answered_by: string;
  answered_ms: number | null;
}

export interface CandidateBody {
  row: Row;
  permissions: string[];
  help: HelpItem[];
  timeline: TimelineEntry[];
  backlog: BacklogPoint[];
  devices: DeviceEntry[];
  login: LoginEntry | null;
  photo: boolean;
  extra_ms: number;
  window_ms: number;
  send_now_ms: number | null;
  phrases: Record<string, Bilingual>;
  answering: boolean;
}
