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

export interface LaneBody {
  track: string;
  playlist: string;
  pieces: PieceBody[];
}

export interface IncidentBody {
  at_ms: number;
  source: string;
  kind: string;
  data: string;
}

export interface MarkBody {
  id: number;
  by: string;
  at_ms: number;
  text: string;
}

export interface ReviewBody {
  session: string;
  alias: string;
  batch: string;
  start_ms: number;
  shown_ms: number | null;
  ended_ms: number | null;
  lanes: LaneBody[];
  incidents: IncidentBody[];
  marks: MarkBody[];
  conclusions: ConclusionBody[];
  receipt: string;
  chains: string;
}
