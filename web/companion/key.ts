/**
 * The phone's device key and statements signed with it: JWS compact form over canonical JSON.
 *
 * Owns making a key that no script can read out (Ed25519 where the browser has it, else P-256), signing, and checking
 * the center's statements against the root key that was pinned at binding. Never stores: `store` does.
 */
import { type Json, base64url, canonical, fromBase64url, utf8 } from "./canonical";
import type { KeysBody } from "./wire";

export const CHALLENGE_TYP = "zhishi-challenge+jws";
export const MANIFEST_TYP = "zhishi-manifest+jws";
export const RECEIPT_TYP = "zhishi-receipt+jws";
const KEY_SET_TYP = "zhishi-key-set+jws";

export interface DeviceKey {
  alg: "Ed25519" | "ES256";
  pair: CryptoKeyPair;
}

export async function newKey(): Promise<DeviceKey> {
  try {
    const pair = (await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"])) as CryptoKeyPair;
    return { alg: "Ed25519", pair };
  } catch {
    const curve = { name: "ECDSA", namedCurve: "P-256" };
    return { alg: "ES256", pair: await crypto.subtle.generateKey(curve, false, ["sign", "verify"]) };
  }
}

/** The public half, with nothing beside what names the key. */
export async function publicJwk(key: DeviceKey): Promise<JsonWebKey> {
  const jwk = await crypto.subtle.exportKey("jwk", key.pair.publicKey);
  const [kty, crv, x, y] = [jwk.kty ?? "", jwk.crv ?? "", jwk.x ?? "", jwk.y];
  return y === undefined ? { kty, crv, x } : { kty, crv, x, y };
}

/** JWS of `payload`; `kid` is the device's id. */
export async function sign(payload: Json, key: DeviceKey, kid: string, typ: string): Promise<string> {
  const head = base64url(utf8(canonical({ alg: key.alg, kid, typ })));
  const said = `${head}.${base64url(utf8(canonical(payload)))}`;
  const how = key.alg === "Ed25519" ? "Ed25519" : { name: "ECDSA", hash: "SHA-256" };
  return `${said}.${base64url(await crypto.subtle.sign(how, key.pair.privateKey, utf8(said)))}`;
}

/** The claims of `token` without any check: for display only. Null when it is none. */
export function peek(token: string): Record<string, Json> | null {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64url(token.split(".")[1] ?? ""))) as Record<string, Json>;
  } catch {
    return null;
  }
}

async function checked(token: string, jwk: JsonWebKey, typ: string): Promise<Record<string, Json> | null> {
  const [head = "", body = "", signature = ""] = token.split(".");
  try {
    const header = JSON.parse(new TextDecoder().decode(fromBase64url(head))) as Record<string, Json>;
    if (header.alg !== "Ed25519" || header.typ !== typ) return null;
    const root = { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "" };
    const key = await crypto.subtle.importKey("jwk", root, "Ed25519", false, ["verify"]);
    const good = await crypto.subtle.verify("Ed25519", key, fromBase64url(signature), utf8(`${head}.${body}`));
    return good ? peek(token) : null;
  } catch {
    return null;
  }
}

/**
 * The claims of a statement of the center when a key that its pinned root vouches for signed it; else null (also where
 * the browser cannot check Ed25519: then nothing may be called checked).
 */
export async function checkedByCenter(token: string, keys: KeysBody, typ: string): Promise<Record<string, Json> | null> {
  const set = await checked(keys.key_set, keys.root, KEY_SET_TYP);
  const named = peekHeader(token)?.kid;
  const jwk = (set?.keys as Record<string, Json> | undefined)?.[typeof named === "string" ? named : ""];
  return jwk === undefined ? null : checked(token, jwk as JsonWebKey, typ);
}

function peekHeader(token: string): Record<string, Json> | null {
  try {
    return JSON.parse(new TextDecoder().decode(fromBase64url(token.split(".")[0] ?? ""))) as Record<string, Json>;
  } catch {
    return null;
  }
}
