/** The rows that are shown, as a file for a spreadsheet (RFC 4180, with a mark that tells Excel it is UTF-8). */
import { dateTime } from "../shared/time";
import type { Row } from "./wire";
import { phoneName, riskName, stageName } from "./words";

type Tr = (zh: string, en: string) => string;

/** A cell that a spreadsheet would take for a formula is shown as text. */
export function cell(value: string | number): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function sheet(rows: Row[], tr: Tr): string {
  const head = [
    tr("准考证号", "number"),
    tr("姓名", "name"),
    tr("场次", "batch"),
    tr("服务码", "support code"),
    tr("情况", "situation"),
    tr("原因", "why"),
    tr("环节", "stage"),
    tr("未上传字节", "bytes left"),
    tr("时限", "deadline"),
    tr("手机", "phone"),
    tr("最近消息", "last heard of"),
  ];
  const lines = rows.map((row) => [
    row.number,
    row.name,
    row.batch,
    row.support_code,
    riskName(row.risk, tr),
    tr(row.why.zh, row.why.en),
    stageName(row.stage, tr),
    row.remaining_bytes,
    row.deadline_ms === null ? "" : dateTime(row.deadline_ms),
    phoneName(row.phone, tr),
    row.seen_ms === null ? "" : dateTime(row.seen_ms),
  ]);
  return [head, ...lines].map((line) => line.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function download(project: string, rows: Row[], tr: Tr): void {
  const url = URL.createObjectURL(new Blob(["\ufeff", sheet(rows, tr)], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `${project}.csv`;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
