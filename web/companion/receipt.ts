/** The center's receipt as the phone shows it. Owns reading and checking it; without a good signature nothing is called checked. */
import { RECEIPT_TYP, checkedByCenter, peek } from "./key";
import type { Binding } from "./store";

export interface Receipt {
  token: string;
  kind: "device" | "session";
  /** This phone checked the center's signature itself. */
  checked: boolean;
  number: string;
  issued_ms: number;
  fingerprint: string;
}

export interface Held {
  deviceReceipt: string | null;
  sessionReceipt: string | null;
}

/** The newest of this session: its own, else the phone's. Null when it is `before`, or there is none. */
export async function newer(before: Receipt | null, held: Held, binding: Binding): Promise<Receipt | null> {
  const token = held.sessionReceipt ?? held.deviceReceipt;
  return token === null || before?.token === token ? null : readReceipt(token, binding);
}

/** Null when the token is no receipt of this session. */
async function readReceipt(token: string, binding: Binding): Promise<Receipt | null> {
  const proven = await checkedByCenter(token, binding.keys, RECEIPT_TYP);
  const claims = proven ?? peek(token);
  if (claims === null || claims.session !== binding.session) return null;
  return {
    token,
    kind: claims.kind === "session" ? "session" : "device",
    checked: proven !== null,
    number: String(claims.number ?? ""),
    issued_ms: Number(claims.iat_ms ?? 0),
    fingerprint: token.slice(-16),
  };
}
