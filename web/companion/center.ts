/**
 * The line to the center: JSON requests with a time limit, and the upload token got with the device key.
 *
 * Owns translating what can go wrong into two kinds of errors. Never tries again by itself, except once with a fresh
 * token: whoever asks decides that.
 */
import type { Json } from "./canonical";
import type { Clock } from "./clock";
import { CHALLENGE_TYP, sign } from "./key";
import type { Binding } from "./store";
import { API, type Beat, type BindingOrder, type Bound, type CompanionView, type ErrorBody, type HelpOrder, type LinkState, type ManifestAnswer } from "./wire";

/** Nobody answered, or somebody else did (a portal that wants a login). */
export class Unreached extends Error {}

/** The center answered that it will not. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    readonly retryAfterMs: number | null,
  ) {
    super(body.code);
  }
}

const PATIENCE_MS = 15_000;
const EARLY_MS = 60_000;

async function ask<T>(method: string, path: string, body?: unknown, token?: string): Promise<T> {
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (token !== undefined) headers.Authorization = `Bearer ${token}`;
  const init: RequestInit = {
    method,
    headers,
    redirect: "error",
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  if (body !== undefined) init.body = JSON.stringify(body);
  let answer: Response;
  let said: unknown;
  try {
    answer = await fetch(API + path, init);
    said = await answer.json();
  } catch (why) {
    throw new Unreached(String(why));
  }
  if (answer.ok) return said as T;
  const error = said as Partial<ErrorBody>;
  if (typeof error.code !== "string") throw new Unreached(`HTTP ${answer.status}`);
  throw new Refused(answer.status, error as ErrorBody, retryAfter(answer.headers.get("Retry-After")));
}

export function retryAfter(header: string | null): number | null {
  const seconds = Number(header ?? "");
  return header !== null && header !== "" && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

export const bind = (order: BindingOrder): Promise<Bound> => ask<Bound>("POST", "/companion/bindings", order);

/** Everything one bound phone may ask. */
export class CenterLine {
  private token: { text: string; expires_ms: number } | null = null;
  private getting: Promise<string> | null = null;

  constructor(
    private readonly binding: Binding,
    private readonly clock: Clock,
  ) {}

  /** Whether this line is that binding's. */
  serves(binding: Binding): boolean {
    return binding.device === this.binding.device && binding.session === this.binding.session;
  }

  /** An upload token that is good for a while; rejects with Unreached or Refused. */
  async authorization(): Promise<string> {
    const now = this.clock.centerAt(this.clock.now()).center_ms;
    if (this.token !== null && now < this.token.expires_ms - EARLY_MS) return this.token.text;
    this.getting ??= this.prove().finally(() => {
      this.getting = null;
    });
    return this.getting;
  }

  /** The center did not like the token. */
  forget(): void {
    this.token = null;
  }

  async beat(beat: Beat): Promise<CompanionView> {
    const asked = this.clock.now();
    const view = await this.authorized<CompanionView>("POST", "/companion/heartbeat", beat);
    this.clock.learn(view.center_ms, asked);
    return view;
  }

  help(order: HelpOrder): Promise<CompanionView> {
    return this.authorized("POST", "/companion/help", order);
  }

  manifest(manifest: string): Promise<ManifestAnswer> {
    return this.authorized("POST", `/sessions/${this.binding.session}/manifests`, { manifest });
  }

  async seals(): Promise<LinkState[]> {
    const path = `/sessions/${this.binding.session}/seals?device=${this.binding.device}`;
    return (await this.authorized<{ links: LinkState[] }>("GET", path)).links;
  }

  private async authorized<T>(method: string, path: string, body?: unknown): Promise<T> {
    try {
      return await ask<T>(method, path, body, await this.authorization());
    } catch (why) {
      if (!(why instanceof Refused) || why.status !== 401) throw why;
      this.forget();
      return ask<T>(method, path, body, await this.authorization());
    }
  }

  private async prove(): Promise<string> {
    const { device, key } = this.binding;
    const asked = this.clock.now();
    const { challenge, center_ms } = await ask<{ challenge: string; center_ms: number }>("POST", "/challenges", { device });
    this.clock.learn(center_ms, asked);
    const proof = await sign({ challenge, device } as Json, key, device, CHALLENGE_TYP);
    const answer = await ask<{ token: string; expires_ms: number }>("POST", "/tokens", { device, challenge, proof });
    this.token = { text: answer.token, expires_ms: answer.expires_ms };
    return answer.token;
  }
}
