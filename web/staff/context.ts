/** What every component of the staff's pages may use: who is signed in, the language, acting, center time. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Anchor } from "../shared/time";
import type { Me } from "./wire";

export interface Desk {
  me: Me;
  anchor: Anchor;
  tr: (zh: string, en: string) => string;
  /** Act; false when it was refused (the page then says why). */
  act: (path: string, order: object) => Promise<boolean>;
  /** Act for an answer; null when it was refused. */
  ask: <T>(path: string, order?: object) => Promise<T | null>;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("nobody is signed in above this component");
  return desk;
}
