/**
 * One build per program that serves pages: `vite build --mode ui` writes ../ui/pages (its root page is the candidate's).
 * Scripts and styles are always files of their own, as the page server's Content-Security-Policy wants.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

const TARGETS: Record<string, { root: string; outDir: string }> = {
  ui: { root: here("candidate"), outDir: here("../ui/pages") },
};

export default defineConfig(({ mode }) => {
  const target = TARGETS[mode];
  if (target === undefined) throw new Error(`--mode must be one of ${Object.keys(TARGETS).join(", ")}`);
  return {
    root: target.root,
    base: "/",
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
