/** The whole timeline of one candidate, newest first: laptop, phone, center, staff; each can be shown alone. */
import { useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { clock } from "../shared/time";
import { sourceName } from "../shared/words";
import type { TimelineEntry } from "./wire";

const SOURCES = ["laptop", "phone", "center", "staff"];
const STEP = 100;

export function History({ entries }: { entries: readonly TimelineEntry[] }) {
  const { tr } = useDesk();
  const [source, setSource] = useState("");
  const [most, setMost] = useState(STEP);
  const fitting = entries.filter((entry) => source === "" || entry.source === source).reverse();
  return (
    <section>
      <h3>
        {tr("过程记录", "Timeline")} <span class="num">{entries.length}</span>
      </h3>
      <div class="acts" role="group" aria-label={tr("来源", "Source")}>
        {["", ...SOURCES].map((name) => (
          <button key={name} type="button" class="btn quiet" aria-pressed={source === name} onClick={() => setSource(name)}>
            {name === "" ? tr("全部", "All") : sourceName(name, tr)}
          </button>
        ))}
      </div>
      <ol class="timeline">
        {fitting.slice(0, most).map((entry) => (
          <Entry key={`${entry.at_ms}${entry.kind}${entry.data}`} entry={entry} />
        ))}
      </ol>
      {fitting.length > most && (
        <button type="button" class="btn quiet" onClick={() => setMost(most + STEP)}>
          {tr(`再看 ${Math.min(STEP, fitting.length - most)} 条`, `${Math.min(STEP, fitting.length - most)} more`)}
        </button>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const { tr } = useDesk();
  const said = parsed(entry.data);
  const by = typeof said.by === "string" ? said.by : "";
  const reason = typeof said.reason === "string" ? said.reason : "";
  const late = entry.at_ms - entry.said_ms;
  return (
    <li>
      <small class="num">{clock(entry.said_ms)}</small>
      <span class="tag">{sourceName(entry.source, tr)}</span>
      {entry.words === null ? (
        <>
          <b>{entry.kind}</b>
          {entry.data !== "{}" && <code>{entry.data}</code>}
        </>
      ) : (
        <b>{tr(entry.words.zh, entry.words.en)}</b>
      )}
      {by !== "" && (
        <small>
          {by}
          {reason !== "" && tr(`：${reason}`, `: ${reason}`)}
        </small>
      )}
      {late > 60_000 && <small>{tr(`${clock(entry.at_ms)} 才收到`, `arrived ${clock(entry.at_ms)}`)}</small>}
    </li>
  );
}

function parsed(data: string): Record<string, unknown> {
  const found: unknown = JSON.parse(data);
  return typeof found === "object" && found !== null ? (found as Record<string, unknown>) : {};
}
