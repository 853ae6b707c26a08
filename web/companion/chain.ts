/**
 * This phone's chain for one session: makes seals one after the other and stores each with its bytes.
 *
 * Owns order: one link at a time, its place and `prev` from the link before it. A link counts only once it is stored;
 * when storing fails the chain stays where it was and the error goes to whoever wanted the link.
 */
import { sha256 } from "./canonical";
import type { Times } from "./clock";
import {
  EMPTY_SHA256,
  type GapReason,
  type Seal,
  type Summary,
  TRACK,
  between,
  emptySummary,
  endOf,
  genesis,
  sealHash,
  sealText,
  withLink,
} from "./seal";
import type { LinkRow, Store } from "./store";
import { uuid7 } from "./uuid";

const FULL_MS = 2000;

/** Counts of one run, by kind. */
interface Run {
  id: string;
  segments: number;
  gaps: number;
}

export class Chain {
  private run: Run | null = null;
  private line: Promise<unknown> = Promise.resolve();

  private constructor(
    private readonly store: Store,
    private readonly session: string,
    private readonly device: string,
    public summary: Summary,
    /** The seal of the last link, if any. */
    public last: Seal | null,
    /** Told of every link that is stored from now on. */
    private readonly stored: (row: LinkRow) => void,
    /** Told when the phone has no room for a link, and when it has again. */
    private readonly full: (yes: boolean) => void,
  ) {}

  /** The chain as far as it is stored. */
  static async open(
    store: Store,
    session: string,
    device: string,
    rows: readonly LinkRow[],
    stored: (row: LinkRow) => void,
    full: (yes: boolean) => void,
  ): Promise<Chain> {
    let summary = emptySummary(await genesis(session, device, TRACK));
    for (const row of rows) summary = withLink(summary, row, row.hash);
    const last = rows.at(-1);
    const seal = last === undefined ? null : (JSON.parse(last.text) as Seal);
    return new Chain(store, session, device, summary, seal, stored, full);
  }

  /** Begin a new run: what is added from now on belongs to it. */
  newRun(): void {
    this.run = { id: uuid7(), segments: 0, gaps: 0 };
  }

  segment(times: Times, duration_ms: number, bytes: ArrayBuffer): Promise<LinkRow> {
    const run = this.current();
    const index = run.segments;
    run.segments += 1;
    const next = this.line.then(() => this.write("segment", run.id, index, times, duration_ms, bytes, undefined));
    this.line = next.catch(() => undefined);
    return next;
  }

  /**
   * Declare that there is no footage from the end of the last link until `until`; nothing to declare (null) where there
   * is no link yet or the stretch is no longer than `least_ms`.
   */
  gapUntil(until: Times, reason: GapReason, least_ms = 0): Promise<LinkRow | null> {
    const run = this.current();
    const next = this.line.then(async () => {
      if (this.last === null) return null;
      const from = endOf(this.last);
      const duration_ms = between(from, until, reason === "suspended");
      if (duration_ms <= least_ms) return null;
      const index = run.gaps;
      run.gaps += 1;
      return this.write("gap", run.id, index, from, duration_ms, null, reason);
    });
    this.line = next.catch(() => undefined);
    return next;
  }

  /** Fulfilled when everything that was wanted so far is stored or refused. */
  async settled(): Promise<void> {
    await this.line.catch(() => undefined);
  }

  private current(): Run {
    if (this.run === null) this.newRun();
    return this.run as unknown as Run;
  }

  private async write(
    kind: "segment" | "gap",
    run: string,
    index: number,
    times: Times,
    duration_ms: number,
    bytes: ArrayBuffer | null,
    reason: GapReason | undefined,
  ): Promise<LinkRow> {
    const seal: Seal = {
      kind,
      session: this.session,
      device: this.device,
      track: TRACK,
      run,
      index,
      seq: this.summary.links,
      prev: this.summary.head,
      ...times,
      duration_ms: Math.max(0, Math.round(duration_ms)),
      size: bytes?.byteLength ?? 0,
      sha256: bytes === null ? EMPTY_SHA256 : await sha256(bytes),
      ...(reason === undefined ? {} : { reason }),
    };
    const text = sealText(seal);
    const hash = await sealHash(text);
    const row: LinkRow = {
      session: this.session,
      seq: seal.seq,
      text,
      hash,
      kind,
      from_ms: seal.center_ms,
      duration_ms: seal.duration_ms,
      size: seal.size,
      state: "recorded",
      url: null,
    };
    await this.keep(row, bytes);
    this.summary = withLink(this.summary, seal, hash);
    this.last = seal;
    this.stored(row);
    return row;
  }

  /**
   * A phone that does not store (it is full, as a rule) is told and tried again: what was recorded stays in memory
   * meanwhile, and nothing new comes. Only a place that is taken is no use to try: another tab wrote this chain.
   */
  private async keep(row: LinkRow, bytes: ArrayBuffer | null): Promise<void> {
    for (;;) {
      try {
        await this.store.add(row, bytes);
        this.full(false);
        return;
      } catch (why) {
        if ((why as Error).name === "ConstraintError") throw why;
        this.full(true);
        await new Promise((resolve) => window.setTimeout(resolve, FULL_MS));
      }
    }
  }
}
