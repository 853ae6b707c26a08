/** Statements: the golden ones that Python reads too, signed and checked with WebCrypto. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Json } from "../companion/canonical";
import { type DeviceKey, RECEIPT_TYP, checkedByCenter, newKey, peek, publicJwk, sign } from "../companion/key";
import { manifestOf } from "../companion/delivery";
import type { Summary } from "../companion/seal";
import type { Binding } from "../companion/store";
import type { KeysBody } from "../companion/wire";

interface Statement {
  payload: Json;
  kid: string;
  typ: string;
  token: string;
}
const golden = JSON.parse(
  readFileSync(new URL("../../tests/vectors/statements.json", import.meta.url), "utf8"),
) as { key: JsonWebKey; keys: KeysBody } & Record<"challenge" | "manifest" | "receipt", Statement>;

async function goldenKey(): Promise<DeviceKey> {
  const { d: _, ...open } = golden.key;
  const privateKey = await crypto.subtle.importKey("jwk", golden.key, "Ed25519", false, ["sign"]);
  const publicKey = await crypto.subtle.importKey("jwk", open, "Ed25519", true, ["verify"]);
  return { alg: "Ed25519", pair: { privateKey, publicKey } };
}

test.each(["challenge", "manifest", "receipt"] as const)("the %s is signed to the letter", async (name) => {
  const { payload, kid, typ, token } = golden[name];
  expect(await sign(payload, await goldenKey(), kid, typ)).toBe(token);
});

test("the manifest of a binding is the golden one", () => {
  const { session, device, ended, tracks } = golden.manifest.payload as unknown as {
    session: string;
    device: string;
    ended: Binding["ended"];
    tracks: { companion: Summary };
  };
  expect(manifestOf({ session, device, ended } as Binding, tracks.companion, null)).toEqual(golden.manifest.payload);
});

test("a receipt is checked against the pinned root, and a changed one is not believed", async () => {
  const { token, payload } = golden.receipt;
  expect(await checkedByCenter(token, golden.keys, RECEIPT_TYP)).toEqual(payload);
  const forged = token.replace(/\.[^.]+\./, `.${Buffer.from('{"kind":"session"}').toString("base64url")}.`);
  expect(await checkedByCenter(forged, golden.keys, RECEIPT_TYP)).toBeNull();
  expect(await checkedByCenter(token, golden.keys, "zhishi-manifest+jws")).toBeNull();
  const other = await publicJwk(await newKey());
  expect(await checkedByCenter(token, { ...golden.keys, root: other }, RECEIPT_TYP)).toBeNull();
  expect(await checkedByCenter("no.jws", golden.keys, RECEIPT_TYP)).toBeNull();
});

test("a new key cannot be read out, and its public half names nothing but the key", async () => {
  const key = await newKey();
  expect(key.pair.privateKey.extractable).toBe(false);
  await expect(crypto.subtle.exportKey("jwk", key.pair.privateKey)).rejects.toThrow();
  expect(Object.keys(await publicJwk(key)).sort()).toEqual(["crv", "kty", "x"]);
  expect(peek(await sign({ a: 1 }, key, "k", "t"))).toEqual({ a: 1 });
});
