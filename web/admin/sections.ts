/** Every section of the administrators' pages, in the order of the list at the left: one line each. */
import type { Section } from "./section";
import { closures } from "./sections/closures";
import { keeping } from "./sections/keeping";
import { ledgers } from "./sections/ledgers";
import { projects } from "./sections/projects";
import { publication } from "./sections/publication";

export const SECTIONS: readonly Section[] = [
  projects,
  ...ledgers.slice(0, 3),
  closures,
  publication,
  keeping,
  ...ledgers.slice(3),
];
