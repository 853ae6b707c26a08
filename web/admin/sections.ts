/** Every section of the administrators' pages, in the order of the list at the left: one line each. */
import type { Section } from "./section";
import { projects } from "./sections/projects";

export const SECTIONS: readonly Section[] = [projects];
