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

/** Null when the token is no receipt of this session. */
export async function readReceipt(token: string, binding: Binding): Promise<Receipt | null> {
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
