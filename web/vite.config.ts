/**
 * One build per page and the program that serves it: `vite build --mode ui` writes ../ui/pages (the candidate's),
 * `--mode staff` and `--mode review` write ../center/pages.
 * Scripts and styles are always files of their own, as the page server's Content-Security-Policy wants.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const TARGETS: Record<string, { root: string; base: string; outDir: string }> = {
  ui: { root: here("candidate"), base: "/", outDir: here("../ui/pages") },
  staff: { root: here("staff"), base: "/staff/", outDir: here("../center/pages/staff") },
  review: { root: here("review"), base: "/review/", outDir: here("../center/pages/review") },
};

export default defineConfig(({ mode }) => {
  const target = TARGETS[mode];
  if (target === undefined) throw new Error(`--mode must be one of ${Object.keys(TARGETS).join(", ")}`);
  return {
    root: target.root,
    base: target.base,
    publicDir: false,
    envDir: false,
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    build: {
      outDir: target.outDir,
      emptyOutDir: true,
      target: "es2022",
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
    },
  };
});
