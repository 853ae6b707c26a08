/** What this phone holds of its sessions, opened to be sent. Owns which of them still have something to send. */
import { CenterLine } from "./center";
import type { Clock } from "./clock";
import { Delivery } from "./delivery";
import type { Seal } from "./seal";
import type { Binding, Store } from "./store";

export interface Told {
  changed: (delivery: Delivery) => void;
  reached: (yes: boolean) => void;
}

/** One session's evidence on its way, from what is stored. */
export async function openDelivery(store: Store, clock: Clock, binding: Binding, told: Told): Promise<Delivery> {
  const rows = await store.links(binding.session);
  const own = rows.filter((row) => (JSON.parse(row.text) as Seal).device === binding.device);
  const line = new CenterLine(binding, clock);
  const delivery: Delivery = new Delivery(store, line, binding, own, () => told.changed(delivery), told.reached);
  await delivery.start();
  return delivery;
}

/**
 * Sessions before `current` that were not receipted yet. One whose end was never stated (the browser was killed as
 * another session began) ends with its last link.
 */
export async function unfinished(store: Store, current: Binding | null): Promise<Binding[]> {
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
