/** A ledger as the center tells it: a table, and the files to keep. Knows no ledger by name. */
import { useId, useState } from "preact/hooks";
import { bytes, dateTime, span } from "../time";
import type { LedgerBody, LedgerColumn } from "./after";
import { useDesk } from "./context";
import { BASE } from "./link";
import { useLoaded } from "./loaded";

const MOST = 500;
/** Cells that may break into lines. */
const LONG = new Set(["name", "reason", "detail"]);

interface Props {
  project: string;
  ledger: string;
  /** Its name on the page. */
  title: string;
  /** What it tells, in one sentence. */
  says: string;
  /** One candidate alone can be asked for. */
  byNumber?: boolean;
}

export function Ledger({ project, ledger, title, says, byNumber = false }: Props) {
  const { tr } = useDesk();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [number, setNumber] = useState("");
  return (
    <>
      <p>{says}</p>
      {byNumber && (
        <form
          class="answer-form"
          onSubmit={(event) => {
            event.preventDefault();
            setNumber(typed.trim());
          }}
        >
          <label for={id} class="middle">
            {tr("准考证号（空为全部）", "Number (empty: all)")}
          </label>
          <input id={id} maxLength={64} value={typed} onInput={(event) => setTyped(event.currentTarget.value)} />
          <button type="submit" class="btn quiet">
            {tr("查看", "Show")}
          </button>
        </form>
      )}
      <Table key={`${ledger} ${number}`} project={project} ledger={ledger} title={title} number={number} />
    </>
  );
}

function Table({ project, ledger, title, number }: { project: string; ledger: string; title: string; number: string }) {
  const { tr, lang } = useDesk();
  const at = `/projects/${encodeURIComponent(project)}/ledgers/${ledger}`;
  const query = `english=${lang === "en"}${number === "" ? "" : `&number=${encodeURIComponent(number)}`}`;
  const [body] = useLoaded<LedgerBody>(`${at}?${query}`);
  if (body === null) return <p aria-busy="true">{tr("正在读取…", "Loading…")}</p>;
  const file = (form: string) => `${BASE}${at}/file?form=${form}&${query}`;
  return (
    <>
      <p class="choice start">
        <b>{tr(`${body.rows.length} 条`, `${body.rows.length} entries`)}</b>
        <a class="btn quiet" href={file("csv")} download>
          {tr("导出表格（CSV）", "Export a sheet (CSV)")}
        </a>
        <a class="btn quiet" href={file("json")} download>
          {tr("导出 JSON", "Export JSON")}
        </a>
      </p>
      {body.rows.length === 0 ? (
        <p class="none">{tr("没有记录。", "Nothing here.")}</p>
      ) : (
        <div class="wide" role="region" aria-label={title} tabIndex={0}>
          <table class="list ledger">
            <thead>
              <tr>
                {body.columns.map((one) => (
                  <th key={one.key} scope="col">
                    {tr(one.zh, one.en)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {body.rows.slice(0, MOST).map((row, index) => (
                <tr key={index}>
                  {body.columns.map((one) => (
                    <td key={one.key} class={one.kind === "text" && one.key !== "number" ? "" : "num"} data-long={LONG.has(one.key) ? "" : undefined}>
                      {cell(one, row[one.key] ?? null)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {body.rows.length > MOST && (
        <p class="small">{tr(`只显示前 ${MOST} 条，导出的文件是全部。`, `The first ${MOST} are shown; the files have all.`)}</p>
      )}
    </>
  );
}

function cell(column: LedgerColumn, value: string | number | null): string {
  if (value === null || value === "") return "–";
  if (typeof value === "string") return value.length === 64 && /^[0-9a-f]+$/.test(value) ? `${value.slice(0, 16)}…` : value;
  if (column.kind === "time") return dateTime(value);
  if (column.kind === "span") return span(value);
  if (column.kind === "size") return bytes(value);
  return String(value);
}
