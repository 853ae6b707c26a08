/** What every component of the staff's pages may use: who is signed in, the language, acting, center time. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Lang } from "../pagestate";
import type { Anchor } from "../time";
import type { Me } from "./wire";

export interface Desk {
  me: Me;
  lang: Lang;
  tr: (zh: string, en: string) => string;
  /** Center time as it was told last. */
  anchor: Anchor;
  /** Center time was told. */
  told: (center_ms: number) => void;
  /** Act; false when it was refused (the page then says why). */
  act: (path: string, order: object) => Promise<boolean>;
  /** Ask, or act for an answer; null when it was refused. */
  ask: <T>(path: string, order?: object) => Promise<T | null>;
  /** What was thrown by a call of one's own is told as a refusal, or ends the sign-in. */
  refused: (why: unknown) => void;
  /** The sign-in is over. */
  over: () => void;
}

export const DeskContext = createContext<Desk | null>(null);

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (desk === null) throw new Error("nobody is signed in above this component");
  return desk;
}
