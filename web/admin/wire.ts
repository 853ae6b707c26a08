/** What the center tells administrators. Mirrors domain/wire/administration.py (a test compares the names). */
import type { ErrorBody } from "../shared/pagestate";

export interface Bilingual {
  zh: string;
  en: string;
}

export interface MistakeBody {
  file: string;
  line: number;
  what: Bilingual;
  remedy: Bilingual;
}

export interface FolderBatch {
  name: string;
  start_ms: number;
  answer_ms: number;
  candidates: number;
  question_set: string;
  questions: number | null;
}

export interface FolderBody {
  project: string;
  title: string;
  new: boolean;
  practice: boolean;
  rehearsal: boolean;
  companion_required: boolean;
  window_ms: number;
  candidates: number;
  attachments: string[];
  batches: FolderBatch[];
  added: number;
  updated: number;
  missing_questions: string[];
  remarks: Bilingual[];
}

export interface IntakeBody {
  intake: string;
  step: "checking" | "refused" | "checked" | "importing" | "imported";
  photos: number;
  looked: number;
  mistakes: MistakeBody[];
  error: ErrorBody | null;
  folder: FolderBody | null;
}

export interface IntakesBody {
  most_bytes: number;
  newest: IntakeBody | null;
}

export interface BatchBody {
  name: string;
  phase: "before" | "login" | "door" | "running" | "over";
  start_ms: number;
  end_ms: number;
  answer_ms: number;
  late_limit_ms: number;
  showing_ms: number;
  question_set: string;
  candidates: number;
}

export interface QuestionSetBody {
  name: string;
  batches: string[];
  count: number | null;
  imported_ms: number | null;
  sealed: boolean;
  opens_ms: number;
}

export interface AttachmentEntry {
  id: string;
  title: string;
  media_type: string;
  size: number;
}

export interface PoliciesBody {
  hotline: string;
  window_ms: number;
  companion_required: boolean;
  show_name: boolean;
  editable: boolean;
  why_not: Bilingual;
  results_published_ms: number | null;
  rehearsal_keep_ms: number | null;
}

export interface ProjectView {
  project: string;
  title: string;
  practice: boolean;
  rehearsal: boolean;
  center_ms: number;
  batches: BatchBody[];
  question_sets: QuestionSetBody[];
  attachments: AttachmentEntry[];
  policies: PoliciesBody;
  phrases: Record<string, Bilingual>;
}

export interface RosterEntry {
  session: string;
  number: string;
  name: string;
  batch: string;
  support_code: string;
  photo: boolean;
}

export interface RosterBody {
  rows: RosterEntry[];
}

export interface PhotoBody {
  ok: boolean;
  words: Bilingual;
  faces: number;
  width: number;
  height: number;
  luma: number;
  sharpness: number;
}

export interface QuestionText {
  id: string;
  text: string;
}

export interface QuestionsBody {
  questions: QuestionText[];
}

export interface FactBody {
  id: string;
  verdict: "pass" | "warn" | "fail" | "unknown";
  told: Bilingual;
  remedy: Bilingual;
}

export interface PreflightBody {
  center_ms: number;
  facts: FactBody[];
}

export interface ReadyEntry {
  session: string;
  number: string;
  name: string;
  batch: string;
  state: "not_seen" | "seen" | "tried" | "rehearsed";
  seen_ms: number | null;
  rehearsed_ms: number | null;
}

export interface ReadinessBody {
  center_ms: number;
  rows: ReadyEntry[];
}
