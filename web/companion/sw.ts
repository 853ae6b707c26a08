/**
 * The page without network: its files are kept, and the newest ones are used whenever the center answers.
 *
 * Owns files of the page only. Nothing under /api ever comes from here, and no evidence is kept here.
 */
/// <reference lib="webworker" />
const worker = self as unknown as ServiceWorkerGlobalScope;
/** Filled in by the build: the page and what it loads, by names that change with their content. */
const FILES = JSON.parse("%FILES%") as string[];
const PAGE = "/companion";
const KEEP = "zhishi-companion";
const PATIENCE_MS = 4000;

worker.addEventListener("install", (event) => {
  event.waitUntil(keep().then(() => worker.skipWaiting()));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(tidy().then(() => worker.clients.claim()));
});

worker.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== worker.location.origin) return;
  if (event.request.mode === "navigate" && (pathname === PAGE || pathname === `${PAGE}/`)) event.respondWith(page());
  else if (pathname.startsWith(`${PAGE}/assets/`)) event.respondWith(asset(event.request));
});

async function keep(): Promise<void> {
  const cache = await caches.open(KEEP);
  await cache.addAll(FILES.map((file) => new Request(file, { cache: "no-cache" })));
}

/** What an older page loaded and this one does not; the decoder stays, it is asked for by name. */
async function tidy(): Promise<void> {
  const cache = await caches.open(KEEP);
  const wanted = new Set(FILES);
  for (const request of await cache.keys()) {
    const { pathname } = new URL(request.url);
    if (!wanted.has(pathname) && !/scan|\.wasm$/.test(pathname)) await cache.delete(request);
  }
}

async function page(): Promise<Response> {
  const cache = await caches.open(KEEP);
  try {
    const answer = await fetch(PAGE, { cache: "no-cache", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (answer.ok && !answer.redirected) return answer;
  } catch {
    // no network, or a center that does not answer: the kept one
  }
  return (await cache.match(PAGE)) ?? Response.error();
}

async function asset(request: Request): Promise<Response> {
  const cache = await caches.open(KEEP);
  const kept = await cache.match(request, { ignoreSearch: true });
  if (kept !== undefined) return kept;
  const answer = await fetch(request);
  if (answer.ok) await cache.put(request, answer.clone());
  return answer;
}
