/**
 * Every session's evidence on its way: the one served now, and those before it that still have something to send. Owns
 * which those are.
 */
import { CenterLine } from "./center";
import type { Clock } from "./clock";
import { Delivery } from "./delivery";
import type { Seal } from "./seal";
import type { Binding, Store } from "./store";

export interface Told {
  changed: (binding: Binding, delivery: Delivery) => void;
  reached: (yes: boolean) => void;
}

export class Archive {
  /** Of the session served now. */
  current: Delivery | null = null;
  private readonly older: Delivery[] = [];

  constructor(
    private readonly store: Store,
    private readonly clock: Clock,
    private readonly told: Told,
  ) {}

  /** Go on with the sessions before `current` that were not receipted yet. */
  async resume(current: Binding | null): Promise<void> {
    for (const binding of await unfinished(this.store, current)) this.older.push(await this.open(binding));
  }

  /** Serve this binding from now on, as it was left. */
  async serve(binding: Binding): Promise<Delivery> {
    for (const old of this.older.filter((one) => one.line.serves(binding))) old.stop();
    this.current?.stop();
    this.current = await this.open(binding);
    return this.current;
  }

  /** Serve none; what is still to be sent goes on being sent. */
  leave(): void {
    if (this.current !== null) this.older.push(this.current);
    this.current = null;
  }

  hurry(): void {
    this.current?.hurry();
    for (const one of this.older) one.hurry();
  }

  /** One session's evidence, from what is stored. */
  private async open(binding: Binding): Promise<Delivery> {
    const rows = await this.store.links(binding.session);
    const own = rows.filter((row) => (JSON.parse(row.text) as Seal).device === binding.device);
    const line = new CenterLine(binding, this.clock);
    const changed = (): void => this.told.changed(binding, delivery);
    const delivery: Delivery = new Delivery(this.store, line, binding, own, changed, this.told.reached);
    await delivery.start();
    return delivery;
  }
}

/**
 * Sessions before `current` that were not receipted yet. One whose end was never stated (the browser was killed as
 * another session began) ends with its last link.
 */
async function unfinished(store: Store, current: Binding | null): Promise<Binding[]> {
  const found: Binding[] = [];
  for (const binding of await store.bindings()) {
    if (binding.session === current?.session || binding.view.device_receipt !== null) continue;
    const last = await store.last(binding.session);
    if (last === null) continue;
    if (binding.ended === null) {
      binding.ended = { by: "order", center_ms: last.from_ms + last.duration_ms, center_est: true };
      binding.step = "stopped";
      await store.keep(binding);
    }
    found.push(binding);
  }
  return found;
}
