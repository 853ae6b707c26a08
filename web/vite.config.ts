/**
 * One build per page and the program that serves it: `vite build --mode ui` writes ../ui/pages (the candidate's),
 * `--mode staff`, `review`, `admin`, `rescue`, `status` and `companion` (the phone's) write ../center/pages.
 * Scripts and styles are always files of their own, as the page server's Content-Security-Policy wants.
 */
import { fileURLToPath } from "node:url";
import { type Plugin, defineConfig } from "vite";
import { readRemedies } from "./remedies";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

interface Target {
  root: string;
  base: string;
  outDir: string;
  /** A service worker beside the page: name of its source. */
  worker?: string;
}

const TARGETS: Record<string, Target> = {
  ui: { root: here("candidate"), base: "/", outDir: here("../ui/pages") },
  staff: { root: here("staff"), base: "/staff/", outDir: here("../center/pages/staff") },
  review: { root: here("review"), base: "/review/", outDir: here("../center/pages/review") },
  admin: { root: here("admin"), base: "/admin/", outDir: here("../center/pages/admin") },
  companion: {
    root: here("companion"),
    base: "/companion/",
    outDir: here("../center/pages/companion"),
    worker: here("companion/sw.ts"),
  },
  status: { root: here("status"), base: "/status/", outDir: here("../center/pages/status") },
  rescue: { root: here("rescue"), base: "/rescue/", outDir: here("../center/pages/rescue") },
};

const FILES = "%FILES%";

/** Tells the service worker which files make the page: all but itself and the decoder, which is kept once it was used. */
function tellWorker(base: string): Plugin {
  return {
    name: "tell-worker",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const names = Object.keys(bundle).filter((name) => !/^sw\.js$|scan|zxing|\.wasm$|\.html$/.test(name));
        const list = JSON.stringify([base.slice(0, -1), ...names.map((name) => base + name)]);
        const worker = bundle["sw.js"];
        if (worker?.type !== "chunk" || !worker.code.includes(FILES)) throw new Error("the service worker asks for no files");
        worker.code = worker.code.replace(FILES, JSON.stringify(list).slice(1, -1));
      },
    },
  };
}

const REMEDIES = "virtual:remedies";

/** `virtual:remedies`: what support does about each error code, from the manual. */
function remedies(): Plugin {
  return {
    name: "remedies",
    resolveId: (id) => (id === REMEDIES ? `\0${REMEDIES}` : null),
    load: (id) =>
      id === `\0${REMEDIES}` ? `export default ${JSON.stringify(readRemedies(here("../docs/operations.md")))}` : null,
  };
}

export default defineConfig(({ mode }) => {
  const target = TARGETS[mode];
  if (target === undefined) throw new Error(`--mode must be one of ${Object.keys(TARGETS).join(", ")}`);
  return {
    root: target.root,
    base: target.base,
    publicDir: false,
    envDir: false,
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [remedies(), ...(target.worker === undefined ? [] : [tellWorker(target.base)])],
    build: {
      outDir: target.outDir,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      ...(target.worker === undefined
        ? {}
        : {
            rolldownOptions: {
              input: { index: `${target.root}/index.html`, sw: target.worker },
              output: {
                entryFileNames: (chunk: { name: string }) =>
                  chunk.name === "sw" ? "sw.js" : "assets/[name]-[hash].js",
              },
            },
          }),
    },
  };
});
