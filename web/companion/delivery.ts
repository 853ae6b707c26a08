/**
 * Brings one session's evidence to its receipt: the links, and after the end the signed manifest first.
 *
 * Owns the manifest: what it says, that the very same one is sent again until the center has it, and a new revision when
 * filming went on after an end. Receipts are told by the center.
 */
import { type Json, sha256, utf8 } from "./canonical";
import { type CenterLine, Refused } from "./center";
import { Courier } from "./courier";
import { MANIFEST_TYP, sign } from "./key";
import { backoff } from "./retry";
import { type Summary, TRACK, emptySummary, genesis, withLink } from "./seal";
import type { Binding, LinkRow, ManifestRow, Store } from "./store";

const POLL_MS = 15_000;

/** Payload of the manifest's JWS: `domain.manifest.Manifest.to_dict`. */
export function manifestOf(binding: Binding, summary: Summary, before: ManifestRow | null): Json {
  const { session, device, ended } = binding;
  if (ended === null) throw new Error("no manifest before the end");
  return {
    v: 1,
    session,
    device,
    revision: (before?.revision ?? 0) + 1,
    supersedes: before?.sha256 ?? null,
    ended: { by: ended.by, center_ms: ended.center_ms, center_est: ended.center_est },
    tracks: { [TRACK]: { ...summary } },
  };
}

export class Delivery {
  readonly courier: Courier;
  manifest: ManifestRow | null = null;
  deviceReceipt: string | null = null;
  sessionReceipt: string | null = null;
  private attempts = 0;
  private timer = 0;
  private closing = false;
  private over = false;

  constructor(
    private readonly store: Store,
    readonly line: CenterLine,
    private binding: Binding,
    rows: readonly LinkRow[],
    private readonly changed: () => void,
    reached: (yes: boolean) => void,
  ) {
    this.courier = new Courier(store, line, rows, () => this.moved(), reached);
  }

  async start(): Promise<void> {
    this.manifest = await this.store.newestManifest(this.binding.session);
    this.courier.start();
    if (this.binding.ended !== null) void this.close(this.binding);
  }

  stop(): void {
    this.over = true;
    window.clearTimeout(this.timer);
    this.courier.stop();
  }

  /** The recording is over (`binding.ended` says how) and every link is stored: state it, and send that first. */
  async close(binding: Binding): Promise<void> {
    this.binding = binding;
    if (this.closing) return;
    this.closing = true;
    try {
      await this.state();
      await this.submit();
    } finally {
      this.closing = false;
    }
  }

  /** What the center says of receipts; those of an older revision say nothing of what was filmed since. */
  hear(told: { device_receipt: string | null; session_receipt: string | null }): void {
    if (this.manifest?.sent !== true || this.binding.ended === null) return;
    this.deviceReceipt = told.device_receipt ?? this.deviceReceipt;
    this.sessionReceipt = told.session_receipt ?? this.sessionReceipt;
  }

  hurry(): void {
    this.attempts = 0;
    this.courier.hurry();
    if (this.binding.ended !== null) void this.close(this.binding);
  }

  private moved(): void {
    this.changed();
    if (this.binding.ended !== null && this.courier.left === 0 && this.deviceReceipt === null) void this.close(this.binding);
  }

  private async state(): Promise<void> {
    const { session, device, key } = this.binding;
    let summary = emptySummary(await genesis(session, device, TRACK));
    for (const row of this.courier.links) summary = withLink(summary, row, row.hash);
    if (summary.links === 0 || this.manifest?.links === summary.links) return;
    const token = await sign(manifestOf(this.binding, summary, this.manifest), key, device, MANIFEST_TYP);
    const revision = (this.manifest?.revision ?? 0) + 1;
    this.manifest = { session, revision, token, sha256: await sha256(utf8(token)), links: summary.links, sent: false };
    await this.store.keepManifest(this.manifest);
    this.deviceReceipt = null;
    this.sessionReceipt = null;
  }

  private async submit(): Promise<void> {
    window.clearTimeout(this.timer);
    if (this.manifest === null || this.over) return;
    let wait = POLL_MS;
    try {
      const answer = await this.line.manifest(this.manifest.token);
      this.attempts = 0;
      this.deviceReceipt = answer.device_receipt ?? this.deviceReceipt;
      this.sessionReceipt = answer.session_receipt ?? this.sessionReceipt;
      if (!this.manifest.sent) {
        this.manifest.sent = true;
        await this.store.keepManifest(this.manifest);
      }
      if (answer.missing > 0 && this.courier.left === 0) this.courier.doubt();
    } catch (why) {
      wait = Math.max(backoff(this.attempts, Math.random()), why instanceof Refused ? (why.retryAfterMs ?? 0) : 0);
      this.attempts += 1;
    }
    this.changed();
    if (this.deviceReceipt === null && !this.over) this.timer = window.setTimeout(() => void this.close(this.binding), wait);
  }
}
