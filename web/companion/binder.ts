/**
 * Asks the center to bind this phone: with which device and key, and again with the same ones when the answer was lost.
 *
 * Owns who this phone is for a session. Never decides whether it is bound: the center and the laptop do.
 */
import { Refused, bind } from "./center";
import type { Clock } from "./clock";
import { newKey, publicJwk } from "./key";
import type { Binding, Pending, Store } from "./store";
import { uuid7 } from "./uuid";
import type { Bound, ErrorBody } from "./wire";

export interface Asked {
  answer: Bound;
  pending: Pending;
}

/** Rejects with Unreached or Refused. A phone that served another session before asks as a new device. */
export async function askToBind(store: Store, clock: Clock, kind: "link" | "code", secret: string): Promise<Asked> {
  const pending = await pendingFor(store, secret);
  try {
    return await ask(clock, kind, pending);
  } catch (why) {
    if (!(why instanceof Refused) || why.body.code !== "identity_conflict") throw why;
    const fresh: Pending = { secret, device: uuid7(), key: await newKey() };
    await store.keepPending(fresh);
    return ask(clock, kind, fresh);
  }
}

/**
 * What is kept of a binding. A phone that films already goes on where it was (`before`: what it knew of this session);
 * one that was stopped films again, unless the session is over.
 */
export function bindingOf(answer: Bound, pending: Pending, before: Binding | undefined, offset_ms: number): Binding {
  const stopped = before?.step === "stopped";
  const goesOn = before !== undefined && (stopped ? answer.view.ended : before.step !== "ready");
  return {
    session: answer.facts.session,
    device: pending.device,
    key: pending.key,
    keys: answer.keys,
    title: answer.title,
    number_tail: answer.number_tail,
    hotline: answer.hotline,
    step: goesOn ? before.step : "ready",
    since_ms: before?.since_ms ?? null,
    ended: goesOn ? before.ended : null,
    view: answer.view,
    offset_ms,
    cleared: goesOn && before.cleared,
  };
}

async function pendingFor(store: Store, secret: string): Promise<Pending> {
  const before = await store.pending();
  if (before?.secret === secret) return before;
  const known = await store.current();
  const pending =
    known === null
      ? { secret, device: uuid7(), key: await newKey() }
      : { secret, device: known.device, key: known.key };
  await store.keepPending(pending);
  return pending;
}

async function ask(clock: Clock, kind: "link" | "code", pending: Pending): Promise<Asked> {
  const asked = clock.now();
  const { secret, device } = pending;
  const answer = await bind({ kind, secret, device, public_key: await publicJwk(pending.key), name: phoneName() });
  clock.learn(answer.center_ms, asked);
  return { answer, pending };
}

/** What the candidate knows this phone by, as far as the browser tells. */
function phoneName(): string {
  const agent = navigator.userAgent;
  const model = /Android [^;)]*; ([^;)]+)/.exec(agent)?.[1]?.trim();
  if (/iPad/.test(agent)) return "iPad";
  if (/iPhone/.test(agent)) return "iPhone";
  return (model !== undefined && model !== "K" ? model : "Android").slice(0, 60);
}

/** Nobody answered. */
export const UNREACHED: ErrorBody = {
  code: "center_unreachable",
  message_zh: "连不上考务平台",
  message_en: "The center cannot be reached",
  hint_zh: "请检查手机网络，然后再试一次。",
  hint_en: "Check this phone's network, then try again.",
  retryable: true,
  detail: "",
};
