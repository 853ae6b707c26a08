/** What a QR code or an address says: the binding link's secret, and the letters of a typed code. Pure. */

const SECRET = /^[A-Za-z0-9_-]{16,64}$/;
export const CODE_LETTERS = 8;

/** The secret in the fragment of this center's binding link; null for anything else. */
export function secretOf(text: string, origin: string): string | null {
  let url: URL;
  try {
    url = new URL(text.trim(), origin);
  } catch {
    return null;
  }
  if (url.origin !== origin || url.pathname.replace(/\/$/, "") !== "/companion") return null;
  const secret = url.hash.slice(1);
  return SECRET.test(secret) ? secret : null;
}

/** A link of another center, told so that the person knows what was scanned. */
export function foreignHost(text: string, origin: string): string | null {
  try {
    const url = new URL(text.trim());
    const ours = url.origin === origin;
    return !ours && /^https?:$/.test(url.protocol) && url.pathname.startsWith("/companion") ? url.host : null;
  } catch {
    return null;
  }
}

/** A code as typed, grouped for the eye; look-alikes as what they look like. The center reads it by the same rule. */
export function tidyCode(text: string): string {
  const letters = text
    .toUpperCase()
    .replaceAll("O", "0")
    .replaceAll(/[IL]/g, "1")
    .replaceAll(/[^0-9A-Z]/g, "")
    .slice(0, CODE_LETTERS);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}
