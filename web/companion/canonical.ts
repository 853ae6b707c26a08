/**
 * RFC 8785 canonical JSON and the encodings around it.
 *
 * Owns bytes and text only. Numbers must be whole and safe: nothing that is signed or sealed here has others, and so
 * the form of fractions (RFC 8785, 3.2.2.3) never comes up.
 */
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };

/** Names in the order of their UTF-16 code units, no blanks. Throws RangeError for a number that is not whole or safe. */
export function canonical(value: Json): string {
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe whole number`);
    return Object.is(value, -0) ? "0" : String(value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  const names = Object.keys(value).sort(); // the default order is the one by code units
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonical(value[name] as Json)}`).join(",")}}`;
}

/** Bytes as WebCrypto and IndexedDB want them: over a buffer of their own. */
export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;

export const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** SHA-256 in lower-case hex. */
export const sha256 = async (bytes: BufferSource): Promise<string> => hex(await crypto.subtle.digest("SHA-256", bytes));

/** RFC 4648, section 5, without padding. */
export function base64url(bytes: ArrayBuffer | Bytes): string {
  let text = "";
  for (const byte of new Uint8Array(bytes)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of `text`; throws DOMException when it is not base64url. */
export function fromBase64url(text: string): Bytes {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}
