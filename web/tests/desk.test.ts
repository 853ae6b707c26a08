/** The support desk's pure rules: the chart's columns, the manual's error codes, cells of the exported sheet. */
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readRemedies } from "../remedies";
import { columns } from "../staff/columns";
import { cell } from "../staff/sheet";

const MANUAL = fileURLToPath(new URL("../../docs/operations.md", import.meta.url));

describe("chart", () => {
  const point = (at_ms: number, remaining_bytes: number) => ({ at_ms, remaining_bytes, bytes_per_second: 1 });
  test("a silence is a hole, never a line between what nobody saw", () => {
    const [at, left, sent] = columns([point(0, 5), point(30_000, 4), point(300_000, 9)]);
    expect(at).toEqual([0, 30, 165, 300]);
    expect(left).toEqual([5, 4, null, 9]);
    expect(sent).toEqual([1, 1, null, 1]);
  });
  test("nothing heard, nothing drawn", () => expect(columns([])).toEqual([[], [], []]));
});

describe("the manual", () => {
  const remedies = readRemedies(MANUAL);
  test("is read whole: every code has words and a remedy", () => {
    expect(Object.keys(remedies).length).toBeGreaterThan(60);
    for (const [code, one] of Object.entries(remedies)) {
      expect(code).toMatch(/^[a-z_0-9]+$/);
      expect(one.seen, code).not.toBe("");
      expect(one.todo, code).not.toBe("");
    }
    expect(remedies.center_unreachable).toMatchObject({ seen: "无法连接考务平台", retried: true });
  });
});

describe("sheet", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("%j is text, no formula", (text) =>
    expect(cell(text).replace(/^"/, "")[0]).toBe("'"),
  );
  test("commas, quotes and line breaks stay inside their cell", () => {
    expect(cell('a,"b"')).toBe('"a,""b"""');
    expect(cell("a\nb")).toBe('"a\nb"');
    expect(cell(7)).toBe("7");
  });
});
