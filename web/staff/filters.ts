/** Which rows a counter or a search keeps, and the order that the center's verdicts demand. Pure. */
import type { Risk, Row } from "./wire";

export type FilterId = "all" | "late" | "risk" | "unrecorded" | "help" | "offline" | "phone" | "unsent" | "done";

interface Filter {
  id: FilterId;
  name: readonly [zh: string, en: string];
  urgent: boolean;
  fits: (row: Row) => boolean;
}

export const FILTERS: readonly Filter[] = [
  { id: "all", name: ["全部考生", "Everybody"], urgent: false, fits: () => true },
  { id: "late", name: ["已超时", "Late"], urgent: true, fits: (row) => row.risk === "late" },
  { id: "risk", name: ["可能超时", "At risk"], urgent: true, fits: (row) => row.risk === "at_risk" },
  { id: "unrecorded", name: ["未录制", "Not recording"], urgent: true, fits: (row) => row.risk === "not_recording" },
  { id: "help", name: ["求助", "Help"], urgent: true, fits: (row) => row.help !== null },
  { id: "offline", name: ["网络中断", "Offline"], urgent: false, fits: (row) => row.connection === "offline" },
  {
    id: "phone",
    name: ["手机异常", "Phone"],
    urgent: false,
    fits: (row) => row.phone_required && ["lost", "frozen", "black", "silent", "interrupted"].includes(row.phone),
  },
  {
    id: "unsent",
    name: ["尚未上传完", "Not uploaded"],
    urgent: false,
    fits: (row) => row.ended_ms !== null && row.risk !== "done" && row.risk !== "closed" && row.connection !== "never",
  },
  { id: "done", name: ["上传成功", "Confirmed"], urgent: false, fits: (row) => row.risk === "done" },
];

/** Most urgent first: the center's order of risks, then the nearer deadline, then the number. */
const ORDER: readonly Risk[] = [
  "late",
  "help",
  "not_recording",
  "at_risk",
  "absent",
  "offline",
  "phone",
  "watch",
  "calm",
  "closed",
  "done",
];

export function ranked(rows: Row[]): Row[] {
  const far = Number.MAX_SAFE_INTEGER;
  return rows.sort(
    (a, b) =>
      ORDER.indexOf(a.risk) - ORDER.indexOf(b.risk) ||
      (a.deadline_ms ?? far) - (b.deadline_ms ?? far) ||
      a.number.localeCompare(b.number),
  );
}

export function found(row: Row, words: string): boolean {
  const wanted = words.trim().toLowerCase();
  const digits = wanted.replace(/[\s-]/g, "");
  return (
    wanted === "" ||
    row.number.toLowerCase().includes(wanted) ||
    row.name.toLowerCase().includes(wanted) ||
    (digits !== "" && row.support_code.startsWith(digits))
  );
}
