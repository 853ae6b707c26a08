/**
 * What this phone keeps: IndexedDB, every write that matters with durability "strict" (survives a killed browser).
 *
 * Owns the form of the database. One binding per session; its links in order, their bytes apart from them so that a list
 * of hours costs little; manifests as sent; calls for help on their way. Never decides what may be deleted.
 */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";
import type { DeviceKey } from "./key";
import type { CompanionView, HelpOrder, KeysBody } from "./wire";

/** Where the candidate is on this phone; kept, so that a reload or a kill comes back there. */
export type Step = "ready" | "pan" | "placing" | "filming" | "stopped";

export interface Binding {
  session: string;
  device: string;
  key: DeviceKey;
  keys: KeysBody;
  title: string;
  number_tail: string;
  hotline: string;
  step: Step;
  since_ms: number | null;
  ended: { by: "order" | "center"; center_ms: number; center_est: boolean } | null;
  view: CompanionView;
  /** Center time minus wall clock, for a life that begins without network. */
  offset_ms: number;
  /** The bytes were deleted with the center's leave. */
  cleared: boolean;
}

export type LinkStateHere = "recorded" | "sent" | "verified";

export interface LinkRow {
  session: string;
  seq: number;
  text: string; // the seal in canonical form
  hash: string;
  kind: "segment" | "gap";
  from_ms: number; // center time
  duration_ms: number;
  size: number;
  state: LinkStateHere;
  url: string | null;
}

export interface ManifestRow {
  session: string;
  revision: number;
  token: string;
  sha256: string;
  links: number;
  sent: boolean;
}

export interface HelpRow extends HelpOrder {
  session: string;
  sent: boolean;
}

/** A binding that was asked for: the same phone asks again with the same key when the answer was lost. */
export interface Pending {
  secret: string;
  device: string;
  key: DeviceKey;
}

interface Schema extends DBSchema {
  meta: { key: string; value: string };
  bindings: { key: string; value: Binding };
  links: { key: [string, number]; value: LinkRow };
  bytes: { key: [string, number]; value: ArrayBuffer };
  manifests: { key: [string, number]; value: ManifestRow };
  helps: { key: string; value: HelpRow };
  pending: { key: string; value: Pending };
}

const NAME = "zhishi-companion";
const STRICT: IDBTransactionOptions = { durability: "strict" };
const of = (session: string) => IDBKeyRange.bound([session, 0], [session, Number.MAX_SAFE_INTEGER]);

export class Store {
  private constructor(private readonly db: IDBPDatabase<Schema>) {}

  /** Opens or makes the database; rejects where the browser keeps none (private windows of some). */
  static async open(): Promise<Store> {
    const db = await openDB<Schema>(NAME, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("meta");
        fresh.createObjectStore("bindings", { keyPath: "session" });
        fresh.createObjectStore("links", { keyPath: ["session", "seq"] });
        fresh.createObjectStore("bytes");
        fresh.createObjectStore("manifests", { keyPath: ["session", "revision"] });
        fresh.createObjectStore("helps", { keyPath: "id" });
        fresh.createObjectStore("pending");
      },
    });
    return new Store(db);
  }

  bindings(): Promise<Binding[]> {
    return this.db.getAll("bindings");
  }

  /** The session this phone serves now. */
  async current(): Promise<Binding | null> {
    const session = await this.db.get("meta", "current");
    return session === undefined ? null : ((await this.db.get("bindings", session)) ?? null);
  }

  /** Keep a binding, and make it the one that is served. */
  async bind(binding: Binding): Promise<void> {
    const tx = this.db.transaction(["meta", "bindings"], "readwrite", STRICT);
    await Promise.all([
      tx.objectStore("bindings").put(binding),
      tx.objectStore("meta").put(binding.session, "current"),
      tx.done,
    ]);
  }

  async pending(): Promise<Pending | null> {
    return (await this.db.get("pending", "now")) ?? null;
  }

  async keepPending(pending: Pending | null): Promise<void> {
    const tx = this.db.transaction("pending", "readwrite", STRICT);
    await Promise.all([pending === null ? tx.store.clear() : tx.store.put(pending, "now"), tx.done]);
  }

  async keep(binding: Binding): Promise<void> {
    const tx = this.db.transaction("bindings", "readwrite", STRICT);
    await Promise.all([tx.store.put(binding), tx.done]);
  }

  /** The same for what the center tells again anyway: it may be lost in a crash. */
  async note(binding: Binding): Promise<void> {
    await this.db.put("bindings", binding);
  }

  links(session: string): Promise<LinkRow[]> {
    return this.db.getAll("links", of(session));
  }

  /** The chain's last link. */
  async last(session: string): Promise<LinkRow | null> {
    const found = await this.db.transaction("links").store.openCursor(of(session), "prev");
    return found?.value ?? null;
  }

  /**
   * Keep one link with its bytes in one strict transaction: both are there afterwards, or neither. Rejects with
   * QuotaExceededError when the phone is full, and with ConstraintError when its place is taken.
   */
  async add(row: LinkRow, bytes: ArrayBuffer | null): Promise<void> {
    const tx = this.db.transaction(["links", "bytes"], "readwrite", STRICT);
    const key: [string, number] = [row.session, row.seq];
    const work: Promise<unknown>[] = [tx.objectStore("links").add(row), tx.done];
    if (bytes !== null) work.push(tx.objectStore("bytes").put(bytes, key));
    try {
      await Promise.all(work);
    } catch (why) {
      throw tx.error ?? why; // what the transaction died of, not what its other requests saw of that
    }
  }

  /** Where a link's upload stands; this much may be lost in a crash, the center is asked then. */
  async mark(row: LinkRow): Promise<void> {
    await this.db.put("links", row);
  }

  async bytes(session: string, seq: number): Promise<ArrayBuffer | null> {
    return (await this.db.get("bytes", [session, seq])) ?? null;
  }

  /** Delete a session's bytes; whoever calls has the center's word that they may go. */
  async clear(session: string): Promise<void> {
    const tx = this.db.transaction("bytes", "readwrite", STRICT);
    await Promise.all([tx.store.delete(of(session)), tx.done]);
  }

  async newestManifest(session: string): Promise<ManifestRow | null> {
    const found = await this.db.transaction("manifests").store.openCursor(of(session), "prev");
    return found?.value ?? null;
  }

  async keepManifest(row: ManifestRow): Promise<void> {
    const tx = this.db.transaction("manifests", "readwrite", STRICT);
    await Promise.all([tx.store.put(row), tx.done]);
  }

  async helps(session: string): Promise<HelpRow[]> {
    return (await this.db.getAll("helps")).filter((row) => row.session === session);
  }

  async keepHelp(row: HelpRow): Promise<void> {
    const tx = this.db.transaction("helps", "readwrite", STRICT);
    await Promise.all([tx.store.put(row), tx.done]);
  }
}
