/** What the center tells reviewers. Mirrors domain/wire/review.py (a test compares the names), which says what each means. */

export interface ReviewProject {
  project: string;
  title: string;
  practice: boolean;
}

export interface ConclusionBody {
  by: string;
  verdict: string;
  text: string;
  made_ms: number;
}

export interface ReviewSession {
  session: string;
  alias: string;
  batch: string;
  links: number;
  state: string;
  conclusions: ConclusionBody[];
}

export interface PieceBody {
  start_ms: number;
  duration_ms: number;
  media_ms: number;
  gap: boolean;
  reason: string;
  estimated: boolean;
  file: string;
}

export interface FileBody {
  file: string;
  number: number;
  bytes: number;
}

export interface LaneBody {
  track: string;
  playlist: string;
  pieces: PieceBody[];
  files: FileBody[];
}

export interface HappeningBody {
  at_ms: number;
  source: string;
  zh: string;
  en: string;
  incident: boolean;
}

export interface ChapterBody {
  at_ms: number;
  kind: string;
  number: number;
}

export interface MarkBody {
  id: number;
  by: string;
  at_ms: number;
  text: string;
}

export interface ChainBody {
  device: string;
  track: string;
  links: number;
  segments: number;
  bytes: number;
  duration_ms: number;
  gaps: number;
  gap_ms: number;
  head: string;
  named: boolean;
  problem: string;
}

export interface ReceiptFacts {
  issued_ms: number;
  ended_ms: number;
  deadline_ms: number;
  assessment: string;
  companion: string;
  waived_by: string;
  waived_for: string;
  fingerprint: string;
}

export interface ReviewBody {
  session: string;
  alias: string;
  batch: string;
  start_ms: number;
  shown_ms: number | null;
  ended_ms: number | null;
  lanes: LaneBody[];
  happenings: HappeningBody[];
  chapters: ChapterBody[];
  marks: MarkBody[];
  conclusions: ConclusionBody[];
  closed: boolean;
  receipt: ReceiptFacts | null;
  chains: ChainBody[];
}
