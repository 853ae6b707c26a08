/**
 * The phone as a whole: which screen is shown, and the parts behind it put together.
 *
 * Owns the way from binding to receipt and the word to the center every few seconds. Each rule is in the part that the
 * work belongs to; pages only read `snapshot` and call what is public here.
 */
import { Alarm } from "./alarm";
import { Archive } from "./archive";
import { Awake } from "./awake";
import { type Asked, UNREACHED, askToBind, bindingOf } from "./binder";
import { type Format, type Hurdle, close, format, hurdleNow, hurdleOf, open } from "./capture";
import { Refused, Unreached } from "./center";
import { Chain } from "./chain";
import { Clock } from "./clock";
import type { Delivery } from "./delivery";
import { Filming } from "./filming";
import { Gauges } from "./gauges";
import { Heartbeat } from "./heartbeat";
import { Helps } from "./helps";
import { alone } from "./onetab";
import { type Receipt, newer } from "./receipt";
import { type Snapshot, answers, count, report, screenOf } from "./snapshot";
import { type Binding, type Step, Store } from "./store";
import { uuid7 } from "./uuid";
import { Watch } from "./watch";
import type { CompanionView, ErrorBody } from "./wire";

export class Phone {
  readonly clock = new Clock(uuid7());
  readonly watch: Watch;
  readonly alarm: Alarm;
  private readonly awake: Awake;
  private readonly format: Format | null = format();
  private store: Store | null = null;
  private binding: Binding | null = null;
  private archive: Archive | null = null;
  private chain: Chain | null = null;
  private film: Filming | null = null;
  private preview: MediaStream | null = null;
  private hurdle: Hurdle | null = null;
  private loading = true;
  private busy = false;
  private failed: ErrorBody | null = null;
  private online = true;
  private full = false;
  private readonly gauges = new Gauges(() => this.changed());
  private helps: Helps | null = null;
  private receipt: Receipt | null = null;
  private readonly heartbeat = new Heartbeat(() => this.speak());
  private readonly heard = new Set<() => void>();
  private shown: Snapshot | null = null;

  constructor() {
    this.watch = new Watch(() => {
      this.changed();
      this.heartbeat.soon();
    });
    this.alarm = new Alarm(() => this.watch.context);
    this.awake = new Awake(() => this.changed());
  }

  subscribe(hear: () => void): () => void {
    this.heard.add(hear);
    return () => this.heard.delete(hear);
  }

  get snapshot(): Snapshot {
    this.shown ??= this.look();
    return this.shown;
  }

  /** Come up: as it was left, or at the beginning. `secret`: of the link that opened the page. */
  async load(secret: string | null): Promise<void> {
    this.hurdle = hurdleNow();
    if (this.hurdle === null && !(await alone())) this.hurdle = "elsewhere";
    try {
      if (this.hurdle === null) this.store = await Store.open();
    } catch {
      this.hurdle = "no_storage";
    }
    if (this.store !== null) {
      this.helps = new Helps(this.store, () => this.changed());
      this.archive = new Archive(this.store, this.clock, {
        changed: (binding, delivery) => this.delivered(binding, delivery),
        reached: (yes) => this.setOnline(yes),
      });
      void this.gauges.start();
      window.addEventListener("online", () => this.hurry());
      window.addEventListener("offline", () => this.setOnline(false));
      const kept = await this.store.current();
      await this.archive.resume(kept);
      if (kept !== null) await this.take(kept);
    }
    this.loading = false;
    this.changed();
    const again = secret ?? (this.binding === null ? ((await this.store?.pending())?.secret ?? null) : null);
    if (again !== null && this.hurdle === null) await this.bind("link", again);
  }

  /** Ask to be bound; true when the center took it (the laptop's word is still to come). */
  async bind(kind: "link" | "code", secret: string): Promise<boolean> {
    const store = this.store;
    if (store === null || this.busy) return false;
    this.setBusy(true);
    this.failed = null;
    try {
      await this.adopt(store, await askToBind(store, this.clock, kind, secret));
      return true;
    } catch (why) {
      this.failed = why instanceof Refused ? why.body : UNREACHED;
      return false;
    } finally {
      this.setBusy(false);
    }
  }

  /** The camera for the preview; told as a hurdle when it cannot be had. */
  async openPreview(): Promise<void> {
    if (this.preview !== null || this.film !== null) return;
    try {
      this.preview = await open("user", true);
      this.hurdle = null;
      this.watch.show(this.preview);
      this.heartbeat.soon();
    } catch (why) {
      this.hurdle = hurdleOf(why);
    }
    this.changed();
  }

  closePreview(): void {
    close(this.preview);
    this.preview = null;
    if (this.film === null) this.watch.show(null);
  }

  /** Begin to film, with the pan. Call it inside a press. */
  async begin(): Promise<void> {
    this.watch.unlock();
    await this.step("pan");
    await this.startFilm("no_footage");
  }

  panDone(): Promise<void> {
    return this.step("placing");
  }

  placed(): Promise<void> {
    return this.step("filming");
  }

  async panAgain(): Promise<void> {
    await this.step("pan");
  }

  /** The person (or, `by` "center", support from afar) ends the recording. */
  async stop(by: "order" | "center" = "order"): Promise<void> {
    if (this.busy) return;
    this.setBusy(true);
    try {
      await this.end(by);
    } finally {
      this.setBusy(false);
    }
  }

  retry(): void {
    this.watch.unlock();
    this.film?.retry(this.watch.state !== "well");
    this.hurry();
  }

  dismiss(): void {
    this.failed = null;
    this.changed();
  }

  async help(text: string): Promise<void> {
    if (this.binding === null) return;
    await this.helps?.ask(this.binding.session, text, this.clock.centerAt(this.clock.now()));
    this.heartbeat.soon();
  }

  /** Leave this session: bind anew. What is still to be sent goes on being sent. */
  async rebind(): Promise<void> {
    if (this.film !== null) await this.end("order");
    this.closePreview();
    this.archive?.leave();
    this.binding = null;
    this.receipt = null;
    this.changed();
  }

  /** Delete what is kept here; only with the center's leave. */
  async clear(): Promise<void> {
    if (this.store === null || this.binding === null || !this.binding.view.may_delete) return;
    await this.store.clear(this.binding.session);
    this.binding.cleared = true;
    await this.store.keep(this.binding);
    this.changed();
  }

  private async adopt(store: Store, { answer, pending }: Asked): Promise<void> {
    const { session } = answer.facts;
    const before = (await store.bindings()).find((one) => one.session === session && one.device === pending.device);
    const binding = bindingOf(answer, pending, before, this.clock.offset);
    await store.bind(binding);
    await store.keepPending(null);
    if (this.film !== null && this.binding?.session === session && this.binding.device === binding.device) {
      Object.assign(this.binding, binding); // scanned again while it films: nothing is interrupted
    } else {
      await this.take(binding);
    }
  }

  /** Serve this binding from now on, as it was left. */
  private async take(binding: Binding): Promise<void> {
    const [store, archive] = [this.store as Store, this.archive as Archive];
    if (this.binding !== null && this.binding.session !== binding.session) await this.rebind();
    this.binding = binding;
    this.clock.suppose(binding.offset_ms);
    const rows = [...(await archive.serve(binding)).courier.links];
    await this.helps?.load(binding.session);
    this.chain = await Chain.open(
      store,
      binding.session,
      binding.device,
      rows,
      (row) => {
        this.delivery?.courier.offer(row);
        this.changed();
      },
      (full) => {
        this.full = full;
        this.film?.storageFull(full);
        this.changed();
      },
    );
    this.heartbeat.soon();
    if (binding.step === "pan" || binding.step === "placing" || binding.step === "filming") {
      await this.startFilm("recorder_died"); // the page was killed or loaded anew while it filmed
    }
    this.changed();
  }

  private get delivery(): Delivery | null {
    return this.archive?.current ?? null;
  }

  private async startFilm(reason: "no_footage" | "recorder_died"): Promise<void> {
    if (this.chain === null || this.format === null || this.film !== null || this.binding === null) return;
    const stream = this.preview;
    this.preview = null;
    const before = this.chain.last !== null && reason === "no_footage" ? "stopped" : reason;
    const film = new Filming(this.chain, this.clock, this.format, () => {
      if (film.stream !== this.watch.video.srcObject) this.watch.show(film.stream);
      this.changed();
      this.heartbeat.soon();
    });
    this.film = film;
    await film.start(stream, before);
  }

  private async end(by: "order" | "center"): Promise<void> {
    const binding = this.binding;
    if (binding === null || binding.step === "stopped") return;
    await this.film?.stop();
    this.film = null;
    this.watch.show(null);
    binding.ended = { by, ...this.clock.centerAt(this.clock.now()) };
    await this.step("stopped");
    // an older word ("recording") must not reach the center after the manifest that says what was recorded
    if (by === "order") await this.heartbeat.quiet();
    void this.delivery?.close(binding);
  }

  private async step(step: Step): Promise<void> {
    if (this.binding === null || this.store === null) return;
    this.binding.step = step;
    if (step === "pan") this.binding.since_ms ??= this.clock.centerAt(this.clock.now()).center_ms;
    await this.store.keep(this.binding);
    this.changed();
    this.heartbeat.soon();
  }

  private hurry(): void {
    this.archive?.hurry();
    this.heartbeat.soon();
  }

  /** One word to the center; whether the next is due soon. */
  private async speak(): Promise<boolean> {
    const [binding, delivery, store] = [this.binding, this.delivery, this.store];
    if (binding === null || delivery === null || store === null) return false;
    try {
      const view = await delivery.line.beat(report(this.snapshot, this.clock.centerAt(this.clock.now())));
      this.setOnline(true);
      if (this.binding === binding) await this.hear(binding, view, store, delivery);
    } catch (why) {
      if (why instanceof Unreached) this.setOnline(false);
    }
    return binding.step !== "stopped" || this.snapshot.counts.verified < this.snapshot.counts.links;
  }

  private async hear(binding: Binding, view: CompanionView, store: Store, delivery: Delivery): Promise<void> {
    const before = binding.view;
    binding.view = view;
    binding.offset_ms = this.clock.offset;
    delivery.hear(view);
    await store.note(binding);
    await this.readReceipts(binding, delivery);
    this.changed();
    const filming = binding.step !== "ready" && binding.step !== "stopped";
    if (filming && (view.finish || view.replaced || view.refused)) await this.stop("center");
    if (!before.approved && view.approved) delivery.hurry();
    await this.helps?.send(delivery.line, (answer) => {
      binding.view = answer;
    });
  }

  /** Something arrived, or the center answered to the manifest. */
  private delivered(binding: Binding, delivery: Delivery): void {
    this.changed();
    if (this.binding !== binding || delivery !== this.delivery) return;
    void this.readReceipts(binding, delivery).then((fresh) => {
      if (!fresh) return;
      this.changed();
      this.heartbeat.soon(); // the laptop waits for this
    });
  }

  /** True when there is one that was not shown before. */
  private async readReceipts(binding: Binding, delivery: Delivery): Promise<boolean> {
    const receipt = await newer(this.receipt, delivery, binding);
    if (receipt === null || this.binding !== binding) return false;
    this.receipt = receipt;
    return true;
  }

  private changed(): void {
    this.shown = null;
    const snapshot = this.snapshot;
    const filming = this.film !== null;
    this.awake.want(filming || (snapshot.screen === "sending" && snapshot.receipt === null));
    const unwell = filming && (snapshot.film === "interrupted" || snapshot.wellness !== "well");
    const quiet = answers(snapshot.view, snapshot.online, this.clock.centerAt(this.clock.now()).center_ms);
    this.alarm.set(unwell && !quiet);
    for (const hear of this.heard) hear();
  }

  private look(): Snapshot {
    const binding = this.binding;
    const links = this.delivery === null ? [] : [...this.delivery.courier.links];
    const counts = count(links);
    const { gauges } = this;
    return {
      screen: screenOf(this.loading, this.hurdle, this.film !== null, binding),
      hurdle: this.hurdle,
      binding,
      view: binding?.view ?? null,
      film: this.film?.state ?? "off",
      filmHurdle: this.film?.hurdle ?? null,
      wellness: this.watch.state,
      full: this.full,
      online: this.online,
      busy: this.busy,
      failed: this.failed,
      counts,
      power: gauges.power,
      batteryLeft_ms: gauges.batteryLeft,
      free: gauges.free,
      storageLeft_ms: gauges.storageLeft(counts.bytes, counts.duration_ms),
      awake: this.awake.held,
      persisted: gauges.persisted,
      helps: this.helps?.rows ?? [],
      receipt: this.receipt,
      links,
    };
  }

  private setBusy(yes: boolean): void {
    this.busy = yes;
    this.changed();
  }

  private setOnline(yes: boolean): void {
    if (this.online === yes) return;
    this.online = yes;
    this.changed();
    if (yes) this.delivery?.courier.hurry();
  }
}
