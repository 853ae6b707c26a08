/**
 * Sends what one session of this phone holds: one queue, tus 1.0, until the center verified every link.
 *
 * Owns what is sent next, when a failed one is tried again, and stalls (tus-js-client has no clock of its own). It goes
 * on from what the center says it holds, so that nothing here must survive a crash but the links themselves.
 */
import { Upload, type DetailedError } from "tus-js-client";
import { CenterLine, Refused, Unreached, retryAfter } from "./center";
import { decide } from "./retry";
import type { LinkRow, Store } from "./store";
import { UPLOADS } from "./wire";

const FLOWS = 2;
const STALL_MS = 20_000;
const IDLE_MS = 30_000;
const ORIGIN = () => window.location.origin;

/** Every byte is there and the verdict is still to come: asked again in a moment. */
class Unverified extends Error {}

interface Failure {
  attempts: number;
  due: number;
}

export class Courier {
  private readonly rows = new Map<number, LinkRow>();
  private readonly failed = new Map<number, Failure>();
  private readonly busy = new Set<number>();
  private readonly running = new Set<Upload>();
  private wake: () => void = () => undefined;
  private news: Promise<void> = Promise.resolve();
  private ended = false;
  private asked = false;
  /** The line itself is down: nothing is tried before `due`. */
  private down: Failure = { attempts: 0, due: 0 };

  constructor(
    private readonly store: Store,
    private readonly line: CenterLine,
    rows: readonly LinkRow[],
    /** Told whenever a link's state changed. */
    private readonly changed: () => void,
    /** Whether the last attempt reached the center. */
    private readonly reached: (yes: boolean) => void,
  ) {
    for (const row of rows) this.rows.set(row.seq, row);
    this.again();
  }

  get links(): IterableIterator<LinkRow> {
    return this.rows.values();
  }

  get left(): number {
    let left = 0;
    for (const row of this.rows.values()) left += row.state === "verified" ? 0 : 1;
    return left;
  }

  /** A new link is stored: it may be sent. */
  offer(row: LinkRow): void {
    this.rows.set(row.seq, row);
    this.nudge();
  }

  /** The network is back, or somebody pressed the button: try now. */
  hurry(): void {
    for (const failure of this.failed.values()) failure.due = 0;
    this.down.due = 0;
    this.nudge();
  }

  /** Ask the center anew what it holds of us. */
  doubt(): void {
    this.asked = false;
    this.nudge();
  }

  start(): void {
    for (let flow = 0; flow < FLOWS; flow += 1) void this.work();
  }

  stop(): void {
    this.ended = true;
    for (const upload of this.running) void upload.abort();
    this.nudge();
  }

  private nudge(): void {
    this.wake();
    this.again();
  }

  private again(): void {
    this.news = new Promise((resolve) => {
      this.wake = resolve;
    });
  }

  private async work(): Promise<void> {
    while (!this.ended) {
      const row = this.next();
      if (row === null) {
        const pause = new Promise<void>((resolve) => window.setTimeout(resolve, this.pause()));
        await Promise.race([this.news, pause]);
        continue;
      }
      this.busy.add(row.seq);
      try {
        if (!this.asked) await this.reconcile();
        if (row.state !== "verified") await this.send(row);
        this.failed.delete(row.seq);
        this.down = { attempts: 0, due: 0 };
        this.reached(true);
      } catch (why) {
        this.note(row, why);
      } finally {
        this.busy.delete(row.seq);
      }
      this.changed();
    }
  }

  /** The oldest that is due. */
  private next(): LinkRow | null {
    const now = performance.now();
    if (this.down.due > now) return null;
    for (const row of this.rows.values()) {
      if (row.state === "verified" || this.busy.has(row.seq)) continue;
      if ((this.failed.get(row.seq)?.due ?? 0) <= now) return row;
    }
    return null;
  }

  private pause(): number {
    const now = performance.now();
    if (this.down.due > now) return Math.max(50, this.down.due - now);
    let soonest = IDLE_MS;
    for (const [seq, failure] of this.failed) {
      if (!this.busy.has(seq)) soonest = Math.min(soonest, failure.due - now);
    }
    return Math.max(50, soonest);
  }

  private async reconcile(): Promise<void> {
    const held = await this.line.seals();
    this.asked = true;
    for (const link of held) {
      const row = this.rows.get(link.seq);
      if (row === undefined || row.state === "verified") continue;
      if (link.state === "verified") await this.keep(row, "verified", null);
      else if (link.state === "quarantined") await this.keep(row, "recorded", null);
      else row.url = ORIGIN() + link.upload;
    }
  }

  private note(row: LinkRow, why: unknown): void {
    const { status, after } = answered(why);
    const attempts = (status === null ? this.down : this.failed.get(row.seq))?.attempts ?? 0;
    const next = decide(status, attempts, after, Math.random());
    if (next.anew) row.url = null;
    if (next.token) this.line.forget();
    const failure = { attempts: attempts + 1, due: performance.now() + next.wait_ms };
    if (status === null) this.down = failure;
    else this.failed.set(row.seq, failure);
    this.reached(status !== null);
  }

  private async keep(row: LinkRow, state: LinkRow["state"], url: string | null): Promise<void> {
    row.state = state;
    row.url = url;
    await this.store.mark(row);
  }

  private async send(row: LinkRow): Promise<void> {
    const bytes = row.size === 0 ? new ArrayBuffer(0) : await this.store.bytes(row.session, row.seq);
    if (bytes === null) throw new Error(`link ${row.seq} has no bytes`);
    const token = await this.line.authorization();
    const state = await this.upload(row, new Blob([bytes]), token);
    await this.keep(row, state === "verified" ? "verified" : "sent", state === "verified" ? null : row.url);
    if (state !== "verified") throw new Unverified(`link ${row.seq} is ${state}`);
  }

  /** What the center made of it: its `Zhishi-State`. Rejects with what went wrong. */
  private upload(row: LinkRow, blob: Blob, token: string): Promise<string> {
    return new Promise((resolve, reject) => {
      let timer = 0;
      const over = () => {
        window.clearTimeout(timer);
        this.running.delete(upload);
      };
      const alive = () => {
        window.clearTimeout(timer);
        timer = window.setTimeout(() => {
          over();
          void upload.abort();
          reject(new Unreached("stalled"));
        }, STALL_MS);
      };
      const upload = new Upload(blob, {
        endpoint: ORIGIN() + UPLOADS,
        uploadUrl: row.url,
        uploadSize: row.size,
        metadata: { seal: row.text },
        headers: { Authorization: `Bearer ${token}` },
        uploadDataDuringCreation: true,
        storeFingerprintForResuming: false,
        retryDelays: null,
        onProgress: alive,
        onUploadUrlAvailable: () => {
          row.url = upload.url;
          void this.store.mark(row);
        },
        onSuccess: ({ lastResponse }) => {
          over();
          resolve(lastResponse.getHeader("Zhishi-State") ?? "");
        },
        onError: (error) => {
          over();
          reject(error);
        },
      });
      this.running.add(upload);
      alive();
      upload.start();
    });
  }
}

/** The status that came, if one did, and how long the center asked to be left alone. */
function answered(why: unknown): { status: number | null; after: number | null } {
  if (why instanceof Refused) return { status: why.status, after: why.retryAfterMs };
  if (why instanceof Unverified) return { status: 423, after: null };
  const answer = (why as DetailedError | undefined)?.originalResponse;
  // nobody, or somebody else: a portal that wants a login answers everything with success
  if (answer === undefined || answer === null || answer.getStatus() < 400) return { status: null, after: null };
  return { status: answer.getStatus(), after: retryAfter(answer.getHeader("Retry-After") ?? null) };
}
