/** The day before: who rehearsed on their computer, who was seen there, and who was not seen at all. */
import { useEffect, useMemo, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import type { Chosen } from "../../shared/desk/shell";
import { dateTime } from "../../shared/time";
import type { Pair } from "../../shared/words";
import { pathOf } from "../project";
import type { Section } from "../section";
import type { ReadinessBody, ReadyEntry } from "../wire";

export const readiness: Section = { id: "readiness", group: "before", title: ["准备情况", "Readiness"], Show };

type State = ReadyEntry["state"];
const AGAIN_MS = 15_000;
/** The most urgent first. */
const STATES: readonly { state: State; name: Pair; means: Pair }[] = [
  { state: "not_seen", name: ["未见", "Not seen"], means: ["程序从未以正确的号码联系平台", "no program was heard of with the right numbers"] },
  { state: "seen", name: ["已安装", "Installed"], means: ["程序已安装，号码正确，尚未模拟", "installed, numbers right, no rehearsal yet"] },
  { state: "tried", name: ["模拟未完成", "Rehearsal unfinished"], means: ["开始过模拟测试，没有收到练习回执", "began a rehearsal, no practice receipt"] },
  { state: "rehearsed", name: ["已模拟", "Rehearsed"], means: ["在该电脑上完成模拟并收到练习回执", "a rehearsal on that computer was confirmed"] },
];

function Show({ project }: Chosen) {
  const { tr, ask, told } = useDesk();
  const [rows, setRows] = useState<ReadyEntry[] | null>(null);
  const [only, setOnly] = useState<State | null>(null);
  useEffect(() => {
    const look = () =>
      void ask<ReadinessBody>(`${pathOf(project)}/readiness`).then((found) => {
        if (found === null) return;
        told(found.center_ms);
        setRows(found.rows);
      });
    look();
    const timer = window.setInterval(look, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [project]);
  const shown = useMemo(() => {
    const order = (row: ReadyEntry) => STATES.findIndex((one) => one.state === row.state);
    const wanted = (rows ?? []).filter((row) => only === null || row.state === only);
    return wanted.sort((a, b) => order(a) - order(b) || a.number.localeCompare(b.number));
  }, [rows, only]);
  if (rows === null) return <p aria-busy="true">…</p>;
  return (
    <>
      <p>
        {tr(
          "考生在自己的电脑上打开程序、填写准考证号和证件号，即使登录尚未开放，平台也会记下“已安装”；同一台电脑做过模拟测试的，显示“已模拟”。",
          "Whoever opens the program on their computer and types number and id number is known as installed, even while login is closed; where that computer rehearsed, as rehearsed.",
        )}
      </p>
      <div class="tiles">
        {STATES.map((one) => (
          <button
            key={one.state}
            type="button"
            class="card tile"
            aria-pressed={only === one.state}
            title={tr(...one.means)}
            onClick={() => setOnly(only === one.state ? null : one.state)}
          >
            <small>{tr(...one.name)}</small>
            <b class="num">{rows.filter((row) => row.state === one.state).length}</b>
          </button>
        ))}
      </div>
      <div class="wide">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{tr("准考证号", "Number")}</th>
              <th scope="col">{tr("姓名", "Name")}</th>
              <th scope="col">{tr("场次", "Batch")}</th>
              <th scope="col">{tr("情况", "State")}</th>
              <th scope="col">{tr("最近见到", "Seen last")}</th>
              <th scope="col">{tr("模拟完成", "Rehearsed")}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((row) => {
              const state = STATES.find((one) => one.state === row.state);
              return (
                <tr key={row.session}>
                  <th scope="row" class="num">
                    {row.number}
                  </th>
                  <td>{row.name}</td>
                  <td>{row.batch}</td>
                  <td class={row.state === "rehearsed" ? "fine" : row.state === "not_seen" ? "wrong" : ""}>
                    {state === undefined ? row.state : tr(...state.name)}
                  </td>
                  <td class="num">{row.seen_ms === null ? "—" : dateTime(row.seen_ms)}</td>
                  <td class="num">{row.rehearsed_ms === null ? "—" : dateTime(row.rehearsed_ms)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
