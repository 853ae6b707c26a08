/** 缺失说明结案 of the chosen project. */
import { Closures } from "../../shared/desk/closures";
import type { Chosen } from "../../shared/desk/shell";
import type { Section } from "../section";

export const closures: Section = {
  id: "closures",
  group: "after",
  title: ["缺失说明结案", "Closed with loss"],
  Show: ({ project }: Chosen) => <Closures project={project} />,
};
