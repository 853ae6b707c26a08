/** What the center tells of the time after the day. Mirrors domain/wire/after.py (a test compares the names). */
export interface Bilingual {
  zh: string;
  en: string;
}

export interface Word {
  by: string;
  at_ms: number;
  reason: string;
}

export interface PublicationBody {
  project: string;
  title: string;
  center_ms: number;
  state: string;
  appeal_ms: number;
  retention_ms: number | null;
  leave_ms: number | null;
  proposed: Word | null;
  confirmed: Word | null;
  withdrawn: Word | null;
  may_confirm: boolean;
  counts: Record<string, number>;
}

export interface ClosureBody {
  session: string;
  number: string;
  name: string;
  batch: string;
  cause: string;
  state: string;
  proposed: Word;
  confirmed: Word | null;
  withdrawn: Word | null;
  statement: string;
  may_confirm: boolean;
  arrived_since: number;
}

export interface Closable {
  session: string;
  number: string;
  name: string;
  batch: string;
  deadline_ms: number | null;
}

export interface ClosureList {
  center_ms: number;
  closures: ClosureBody[];
  candidates: Closable[];
}

export interface KeptBody {
  session: string;
  number: string;
  batch: string;
  bytes: number;
  files: number;
  stays: string;
  why: Bilingual;
  flags: Bilingual[];
  due_ms: number | null;
  held: Word | null;
  deleted_ms: number | null;
}

export interface KeepingBody {
  center_ms: number;
  due: number;
  due_bytes: number;
  sessions: KeptBody[];
}

export interface LedgerColumn {
  key: string;
  zh: string;
  en: string;
  kind: string;
}

export interface LedgerBody {
  project: string;
  ledger: string;
  center_ms: number;
  columns: LedgerColumn[];
  rows: Record<string, string | number | null>[];
}
