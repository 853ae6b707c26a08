/** What every component of the phone's page may use: the phone, what it shows now, the language, the time. */
import { createContext } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Phone } from "./phone";
import type { Snapshot } from "./snapshot";
import type { Bilingual } from "./wire";

export type Lang = "zh" | "en";
export type Tr = (zh: string, en: string) => string;

export interface Shown {
  phone: Phone;
  seen: Snapshot;
  lang: Lang;
  tr: Tr;
}

export const ShownContext = createContext<Shown | null>(null);

export function useShown(): Shown {
  const shown = useContext(ShownContext);
  if (shown === null) throw new Error("no phone above this component");
  return shown;
}

export const said = (tr: Tr, text: Bilingual): string => tr(text.zh, text.en === "" ? text.zh : text.en);

/** Center time, told anew every second. */
export function useCenterTime(phone: Phone): number {
  const [, tick] = useState(0);
  useEffect(() => {
    const timer = window.setInterval(() => tick((n) => n + 1), 1000);
    return () => window.clearInterval(timer);
  }, []);
  return phone.clock.centerAt(phone.clock.now()).center_ms;
}
