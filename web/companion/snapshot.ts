/** What the pages are shown, and the sums and the one word that follow from it. Pure. */
import type { Power } from "./awake";
import type { Hurdle } from "./capture";
import type { FilmState } from "./filming";
import type { Receipt } from "./receipt";
import type { Binding, HelpRow, LinkRow } from "./store";
import type { Wellness } from "./wellness";
import type { Beat, CompanionView, ErrorBody, PhoneState, Stamp } from "./wire";

export type Screen =
  | "loading"
  | "hurdle"
  | "bind"
  | "asking"
  | "ready"
  | "pan"
  | "placing"
  | "filming"
  | "sending";

export interface Counts {
  links: number;
  segments: number;
  bytes: number;
  duration_ms: number;
  gaps: number;
  sent: number;
  verified: number;
  verifiedSegments: number;
  verifiedBytes: number;
}

export interface Snapshot {
  screen: Screen;
  hurdle: Hurdle | null;
  binding: Binding | null;
  view: CompanionView | null;
  film: FilmState;
  filmHurdle: Hurdle | null;
  wellness: Wellness;
  full: boolean;
  /** The center answered lately. */
  online: boolean;
  busy: boolean;
  failed: ErrorBody | null;
  counts: Counts;
  power: Power | null;
  batteryLeft_ms: number | null;
  free: number | null;
  storageLeft_ms: number | null;
  awake: boolean | null;
  persisted: boolean;
  helps: HelpRow[];
  receipt: Receipt | null;
  links: LinkRow[];
}

/** The one word for the center; see `domain.companion.PhoneState`. */
export function phoneState(seen: Snapshot): PhoneState {
  const step = seen.binding?.step ?? "ready";
  if (step === "ready") return "preview";
  if (step === "stopped") {
    if (seen.counts.verified < seen.counts.links) return "uploading";
    return seen.receipt === null ? "stopped" : "done";
  }
  if (seen.film !== "filming") return "interrupted";
  if (seen.wellness !== "well") return seen.wellness;
  return step === "filming" ? "recording" : step;
}

export function count(links: readonly LinkRow[]): Counts {
  const sum: Counts = { links: 0, segments: 0, bytes: 0, duration_ms: 0, gaps: 0, sent: 0, verified: 0, verifiedSegments: 0, verifiedBytes: 0 };
  for (const link of links) {
    sum.links += 1;
    const verified = link.state === "verified";
    if (link.kind === "gap") sum.gaps += 1;
    else {
      sum.segments += 1;
      sum.bytes += link.size;
      sum.duration_ms += link.duration_ms;
    }
    if (link.state !== "recorded") sum.sent += 1;
    if (verified) {
      sum.verified += 1;
      sum.verifiedSegments += link.kind === "segment" ? 1 : 0;
      sum.verifiedBytes += link.size;
    }
  }
  return sum;
}

/** What the center is told of this phone. */
export function report(seen: Snapshot, at: Stamp): Beat {
  const { counts } = seen;
  return {
    state: phoneState(seen),
    battery: seen.power?.level ?? null,
    charging: seen.power?.charging ?? null,
    free_bytes: seen.free,
    segments: counts.segments,
    bytes: counts.bytes,
    sent_segments: counts.verifiedSegments,
    sent_bytes: counts.verifiedBytes,
    recording_since_ms: seen.binding?.since_ms ?? null,
    at,
  };
}

/**
 * Whether the candidate answers now, so that nothing may sound. The center says it; without a line its schedule does, and
 * then rather silent than loud.
 */
export function answers(view: CompanionView | null, online: boolean, center_ms: number): boolean {
  if (view === null) return false;
  if (online) return view.answering;
  const { scheduled_end_ms, extra_ms } = view.facts;
  return !view.ended && center_ms >= view.batch_start_ms && center_ms < scheduled_end_ms + extra_ms;
}

/** Which page is shown. */
export function screenOf(loading: boolean, hurdle: Hurdle | null, filming: boolean, binding: Binding | null): Screen {
  if (loading) return "loading";
  if (hurdle !== null && !filming && binding?.step !== "stopped") return "hurdle";
  if (binding === null) return "bind";
  const { step, view } = binding;
  if (step === "stopped") return "sending";
  if (step !== "ready") return step;
  if (view.refused || view.replaced) return "bind";
  return view.approved ? "ready" : "asking";
}
