/** What every component may use: the state, the language, giving orders. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { ErrorBody, Lang, Order, PageState } from "./pagestate";
import type { Anchor } from "./time";

export interface App {
  state: PageState;
  anchor: Anchor;
  /** The sentence in the chosen language; Chinese where there is no English. */
  tr: (zh: string, en: string) => string;
  /** Give an order; false when it was refused (the failure panel then says why). */
  act: (order: Order) => Promise<boolean>;
  failed: ErrorBody | null;
  dismiss: () => void;
}

export const AppContext = createContext<App | null>(null);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === null) throw new Error("no page state above this component");
  return app;
}

export function translator(lang: Lang): App["tr"] {
  return (zh, en) => (lang === "en" && en !== "" ? en : zh);
}
