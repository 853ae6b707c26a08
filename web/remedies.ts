/**
 * What support says and does about each error code, out of docs/operations.md: read there when the pages are built, so
 * that screen and manual are one text. Owns how the page's table is read; holds no word of it.
 */
import { readFileSync } from "node:fs";

export interface Remedy {
  /** What the candidate sees, and the hint below it. */
  seen: string;
  hint: string;
  /** The program tries again by itself. */
  retried: boolean;
  /** What support does. */
  todo: string;
}

const HEAD = "| 代码 | 考生看到 | 提示 | 自动重试 | 技术服务人员怎么做 |";

/** Every row of the table under `HEAD`; throws when there is none. */
export function readRemedies(file: string): Record<string, Remedy> {
  const lines = readFileSync(file, "utf-8").split("\n");
  const start = lines.indexOf(HEAD);
  if (start < 0) throw new Error(`${file}: the table of error codes is not where it was`);
  const found: Record<string, Remedy> = {};
  for (const line of lines.slice(start + 2)) {
    if (!line.startsWith("|")) break;
    const [code, seen, hint, retried, todo, ...more] = line.slice(1, -1).split("|").map((cell) => cell.trim());
    if (todo === undefined || more.length > 0) throw new Error(`${file}: not five columns: ${line}`);
    found[(code ?? "").replaceAll("`", "")] = { seen: seen ?? "", hint: hint ?? "", retried: retried === "是", todo };
  }
  return found;
}
