/** The live dashboard of one project: counters that filter, a search, the table, calls from before login, one candidate. */
import { AfterDay } from "./after";
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock, useNow } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { Calls } from "./calls";
import { CodeSearch } from "./codes";
import { FILTERS, found, ranked } from "./filters";
import type { FilterId } from "./filters";
import { follow } from "./link";
import { Person } from "./person";
import { download } from "./sheet";
import { Table } from "./table";
import type { EarlyCall, Row } from "./wire";

const NOBODY: ReadonlySet<string> = new Set();

export function Board({ project }: { project: string }) {
  const { tr, anchor, told, over } = useDesk();
  const [rows, setRows] = useState<Map<string, Row>>(new Map());
  const [calls, setCalls] = useState<EarlyCall[]>([]);
  const [live, setLive] = useState(false);
  const [filter, setFilter] = useState<FilterId>("all");
  const [words, setWords] = useState("");
  const [chosen, setChosen] = useState<string | null>(null);
  const [codes, setCodes] = useState(false);
  const [dark, setDark] = useKept("projector");
  const [sound, setSound] = useKept("sound", true);
  useEffect(() => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
  }, [dark]);
  const heard = useRef(performance.now());

  const anchored = useCallback(
    (center_ms: number) => {
      heard.current = performance.now();
      told(center_ms);
    },
    [told],
  );
  useEffect(
    () =>
      follow(project, {
        overview: (all) => {
          anchored(all.center_ms);
          setRows(new Map(all.rows.map((row) => [row.session, row])));
          setCalls(all.calls);
        },
        changes: (some) => {
          anchored(some.center_ms);
          if (some.rows.length > 0) {
            setRows((before) => {
              const after = new Map(before);
              for (const row of some.rows) after.set(row.session, row);
              return after;
            });
          }
          setCalls(some.calls);
        },
        line: setLive,
        over,
      }),
    [project, anchored, over],
  );

  const all = useMemo(() => ranked([...rows.values()]), [rows]);
  const byId = useIdTail(project, words);
  const shown = useMemo(() => {
    const fits = FILTERS.find((one) => one.id === filter)?.fits ?? (() => true);
    return all.filter((row) => fits(row) && (found(row, words) || byId.has(row.session)));
  }, [all, filter, words, byId]);
  const waiting = all.filter((row) => row.help !== null && row.help.claimed_by === "").length;
  const waitingCalls = calls.filter((one) => one.claimed_by === "").length;
  useBell(waiting + waitingCalls, sound);
  const now = useNow(anchor);
  const quiet = Math.round((performance.now() - heard.current) / 1000);

  return (
    <main class="board">
      <h1 class="hidden">{tr("实时监看", "Live dashboard")}</h1>
      <div class="tiles">
        {FILTERS.map((one) => {
          const count = all.filter(one.fits).length;
          return (
            <button
              key={one.id}
              type="button"
              class={`card tile${one.urgent && count > 0 ? " hot" : ""}`}
              aria-pressed={filter === one.id}
              onClick={() => setFilter(one.id)}
            >
              <small>{tr(...one.name)}</small>
              <b class="num">{count}</b>
            </button>
          );
        })}
        <input
          type="search"
          aria-label={tr("搜索", "Search")}
          placeholder={tr("准考证号 / 姓名 / 服务码 / 证件后四位", "Number / name / support code / last 4 of the ID")}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
      </div>
      <p class="small status" role="status">
        {live ? (
          <>
            <span class="num">{clock(now)}</span> · {tr(`${quiet} 秒前更新`, `updated ${quiet} s ago`)}
          </>
        ) : (
          <b>{tr("与考务平台的连接中断，下面可能不是最新情况；正在重连", "The line is cut: what stands below may be old; reconnecting")}</b>
        )}
        <span class="grow" />
        <button type="button" class="btn quiet" onClick={() => setCodes(true)}>
          {tr("查错误代码", "Error codes")}
        </button>
        <button type="button" class="btn quiet" aria-pressed={dark} onClick={() => setDark(!dark)}>
          {tr("投影（深色）", "Projector (dark)")}
        </button>
        <button type="button" class="btn quiet" aria-pressed={sound} onClick={() => setSound(!sound)}>
          {tr("求助提示音", "Sound for help")}
        </button>
        <button type="button" class="btn quiet" onClick={() => download(project, shown, tr)}>
          {tr("导出表格", "Export CSV")}
        </button>
      </p>
      {codes && <CodeSearch leave={() => setCodes(false)} />}
      {calls.length > 0 && <Calls calls={calls} />}
      <Table rows={shown} now={now} chosen={chosen} choose={setChosen} />
      <AfterDay project={project} />
      {chosen !== null && rows.has(chosen) && (
        <Person key={chosen} row={rows.get(chosen) as Row} leave={() => setChosen(null)} />
      )}
    </main>
  );
}

/** A new request for help: the title says how many wait, and a short tone is heard where the browser allows it. */
function useBell(waiting: number, sound: boolean) {
  const { tr } = useDesk();
  const before = useRef(waiting);
  useEffect(() => {
    const title = tr("考务平台", "Center");
    document.title = waiting > 0 ? `(${waiting}) ${title}` : title;
    if (sound && waiting > before.current) ring();
    before.current = waiting;
  }, [waiting, tr, sound]);
}

let speaker: AudioContext | null = null;
function ring() {
  speaker ??= new AudioContext();
  if (speaker.state === "suspended") void speaker.resume();
  const tone = speaker.createOscillator();
  const volume = speaker.createGain();
  volume.gain.setValueAtTime(0.15, speaker.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, speaker.currentTime + 0.5);
  tone.frequency.value = 740;
  tone.connect(volume).connect(speaker.destination);
  tone.start();
  tone.stop(speaker.currentTime + 0.5);
}

/** A choice of this browser's that stays. */
function useKept(name: string, first = false): [boolean, (on: boolean) => void] {
  const [on, setOn] = useState(localStorage.getItem(name) === null ? first : localStorage.getItem(name) === "on");
  useEffect(() => localStorage.setItem(name, on ? "on" : "off"), [name, on]);
  return [on, setOn];
}

/** Whose id number ends as was typed: only the center knows, and never tells the number. */
function useIdTail(project: string, words: string): ReadonlySet<string> {
  const { me, ask } = useDesk();
  const [sessions, setSessions] = useState<ReadonlySet<string>>(NOBODY);
  const tail = /^[0-9]{3}[0-9Xx]$/.test(words.trim()) && me.rights.includes("help") ? words.trim() : "";
  useEffect(() => {
    setSessions(NOBODY);
    if (tail === "") return;
    let current = true;
    void ask<{ sessions: string[] }>(`/projects/${encodeURIComponent(project)}/find`, { id_tail: tail }).then(
      (told) => current && setSessions(new Set(told?.sessions ?? [])),
    );
    return () => {
      current = false;
    };
  }, [project, tail]); // `ask` changes with every event of the stream
  return sessions;
}
