/** Every section of the administrators' pages, in the order of the list at the left: one line each. */
import type { Section } from "./section";
import { closures } from "./sections/closures";
import { intake } from "./sections/intake";
import { keeping } from "./sections/keeping";
import { ledgers } from "./sections/ledgers";
import { papers } from "./sections/papers";
import { policies } from "./sections/policies";
import { preflight } from "./sections/preflight";
import { projects } from "./sections/projects";
import { publication } from "./sections/publication";
import { readiness } from "./sections/readiness";
import { roster } from "./sections/roster";
import { schedule } from "./sections/schedule";

export const SECTIONS: readonly Section[] = [
  projects,
  intake,
  preflight,
  schedule,
  roster,
  papers,
  policies,
  readiness,
  ...ledgers.slice(0, 3),
  closures,
  publication,
  keeping,
  ...ledgers.slice(3),
];
