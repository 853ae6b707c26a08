/**
 * Films for hours: opens the camera, cuts segments, hands them to the chain, and comes back after whatever breaks it.
 *
 * Owns runs and gaps: everything that interrupts ends the run; the next run begins with the gap declared. Never decides
 * when filming begins or ends: the person does.
 *
 *     off ──start──▶ opening ──▶ filming ⇄ interrupted        any ──stop──▶ off
 */
import { type Format, type Hurdle, close, hurdleOf, open } from "./capture";
import type { Chain } from "./chain";
import { type Clock, stepOf } from "./clock";
import type { GapReason } from "./seal";
import { type Footage, SEGMENT_MS, STILL_MS, Segmenter } from "./segmenter";

export type FilmState = "off" | "opening" | "filming" | "interrupted";

const TICK_MS = 1000;
/** A wall clock that ran ahead by this much: the machine slept, or somebody set it. As on the laptop. */
const STEP_MS = 500;
/** Between two segments of one run this much is no gap. As on the laptop. */
const SEAM_MS = 500;
/** Calls and other apps mute the camera; a moment of it is nothing. */
const MUTED_MS = 1500;
const AGAIN_MS = 1000;
const AGAIN_LATEST_MS = 5000;

export class Filming {
  state: FilmState = "off";
  /** Why the camera cannot be had, while interrupted. */
  hurdle: Hurdle | null = null;
  stream: MediaStream | null = null;
  private segmenter: Segmenter | null = null;
  private reason: GapReason | null = null;
  private fresh = true;
  private seen = 0;
  private tick = 0;
  private again = 0;
  private tries = 0;
  private mutedSince: number | null = null;
  private look = { now: 0, wall: 0 };
  private full = false;

  constructor(
    private readonly chain: Chain,
    private readonly clock: Clock,
    private readonly format: Format,
    private readonly changed: () => void,
  ) {}

  /**
   * Film from now on, with `stream` where the camera is open already. `reason`: why there is no footage since the
   * chain's last link, where there is one.
   */
  async start(stream: MediaStream | null, reason: GapReason): Promise<void> {
    this.reason = reason;
    this.set("opening");
    this.look = { now: this.clock.now(), wall: this.clock.wall() };
    this.tick = window.setInterval(() => this.check(), TICK_MS);
    document.addEventListener("visibilitychange", this.onVisibility);
    window.addEventListener("pagehide", this.onHide);
    document.addEventListener("freeze", this.onHide);
    screen.orientation?.addEventListener("change", this.onHide); // the picture turns: a file of its own from here on
    if (stream !== null && alive(stream)) this.film(stream);
    else await this.reopen();
  }

  /** End: what was recorded is stored when this is fulfilled, and time without footage is declared up to now. */
  async stop(): Promise<void> {
    const interrupted = this.state !== "filming";
    this.set("off");
    window.clearInterval(this.tick);
    window.clearTimeout(this.again);
    document.removeEventListener("visibilitychange", this.onVisibility);
    window.removeEventListener("pagehide", this.onHide);
    document.removeEventListener("freeze", this.onHide);
    screen.orientation?.removeEventListener("change", this.onHide);
    await this.segmenter?.stop();
    this.segmenter = null;
    close(this.stream);
    this.stream = null;
    if (interrupted) {
      await this.chain.gapUntil(this.clock.timesAt(this.clock.now()), this.reason ?? "stopped").catch(() => null);
    }
    await this.chain.settled();
  }

  /** The phone has no room, or has it again. */
  storageFull(yes: boolean): void {
    if (this.full === yes || this.state === "off") return;
    this.full = yes;
    if (yes) void this.interrupt("disk_full");
    else void this.reopen();
  }

  /** Try now: the person pressed the button. `unwell`: it films, but what it films is dead; the camera is opened anew. */
  retry(unwell: boolean): void {
    this.tries = 0;
    if (this.state === "interrupted") void this.reopen();
    else if (unwell) void this.interrupt("stalled");
  }

  /** What there is, is stored before the page may be frozen. */
  private readonly onHide = () => this.segmenter?.cut();

  private readonly onVisibility = () => {
    if (document.visibilityState === "hidden") {
      this.onHide();
      return;
    }
    this.tries = 0;
    if (this.state === "interrupted") void this.reopen();
    else if (this.stream !== null && !alive(this.stream)) void this.interrupt("suspended");
  };

  private film(stream: MediaStream): void {
    this.stream = stream;
    this.hurdle = null;
    this.tries = 0;
    this.mutedSince = null;
    this.fresh = true;
    this.seen = this.clock.now();
    this.chain.newRun();
    for (const track of stream.getTracks()) track.onended = () => void this.interrupt("device_lost");
    const segmenter: Segmenter = new Segmenter(
      stream,
      this.format,
      () => this.clock.now(),
      (footage) => this.take(footage),
      (reason) => {
        if (this.segmenter === segmenter) void this.interrupt(reason);
      },
    );
    this.segmenter = segmenter;
    segmenter.start();
    if (this.segmenter === segmenter) this.set("filming");
  }

  private take(footage: Footage): void {
    this.seen = this.clock.now();
    const times = this.clock.timesAt(footage.from);
    if (this.fresh) {
      this.fresh = false;
      void this.chain.gapUntil(times, this.reason ?? "recorder_died");
      this.reason = null;
    } else {
      void this.chain.gapUntil(times, "stalled", SEAM_MS);
    }
    void this.chain.segment(times, footage.to - footage.from, footage.bytes).catch(() => this.interrupt("stalled"));
  }

  /** End the run; the next one begins as soon as it can. */
  private async interrupt(reason: GapReason): Promise<void> {
    if (this.state === "interrupted" || this.state === "off") return;
    this.set("interrupted");
    const segmenter = this.segmenter;
    this.segmenter = null;
    await segmenter?.stop();
    this.reason = reason;
    close(this.stream);
    this.stream = null;
    this.changed();
    this.later();
  }

  private later(): void {
    if (this.state !== "interrupted" || this.full) return;
    window.clearTimeout(this.again);
    this.again = window.setTimeout(() => void this.reopen(), Math.min(AGAIN_MS * this.tries, AGAIN_LATEST_MS));
    this.tries += 1;
  }

  private opening = false;
  private async reopen(): Promise<void> {
    if (this.opening || this.full || (this.state !== "interrupted" && this.state !== "opening")) return;
    if (document.visibilityState === "hidden") return; // the camera is not given to a page nobody sees
    this.opening = true;
    try {
      const stream = await open("user", true);
      if (this.state === "interrupted" || this.state === "opening") this.film(stream);
      else close(stream);
    } catch (why) {
      this.hurdle = hurdleOf(why);
      this.set("interrupted");
      this.later();
    } finally {
      this.opening = false;
    }
  }

  private check(): void {
    const now = { now: this.clock.now(), wall: this.clock.wall() };
    const step = stepOf(this.look, now);
    const still = now.now - this.look.now > STILL_MS;
    this.look = now;
    if (Math.abs(step) > STEP_MS) {
      this.clock.doubt();
      void this.interrupt(step > 0 ? "suspended" : "clock_stepped");
      return;
    }
    if (this.state !== "filming" || this.stream === null) return;
    if (still) {
      void this.interrupt("suspended");
      return;
    }
    const muted = this.stream.getVideoTracks().some((track) => track.muted);
    this.mutedSince = muted ? (this.mutedSince ?? now.now) : null;
    if (this.mutedSince !== null && now.now - this.mutedSince > MUTED_MS) {
      void this.interrupt(document.visibilityState === "hidden" ? "suspended" : "device_lost");
    } else if (now.now - this.seen > SEGMENT_MS * 2.5) {
      void this.interrupt("stalled");
    }
  }

  private set(state: FilmState): void {
    this.state = state;
    this.changed();
  }
}

function alive(stream: MediaStream): boolean {
  const tracks = stream.getTracks();
  return tracks.length > 0 && tracks.every((track) => track.readyState === "live");
}
