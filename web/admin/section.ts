/** What a section of the administrators' pages is. */
import type { ComponentType } from "preact";
import type { Chosen } from "../shared/desk/shell";
import type { Pair } from "../shared/words";

/** Which part of the list it stands in; those of a project need one to be chosen. */
export type Group = "center" | "before" | "after";

export const GROUPS: readonly { group: Group; title: Pair; project: boolean }[] = [
  { group: "center", title: ["考务平台", "Center"], project: false },
  { group: "before", title: ["面试之前", "Before the interview"], project: true },
  { group: "after", title: ["面试之后", "After the interview"], project: true },
];

export interface Section {
  /** In the address, behind the `#`. */
  id: string;
  group: Group;
  title: Pair;
  /** The whole section; made anew when another project is chosen. */
  Show: ComponentType<Chosen>;
}
