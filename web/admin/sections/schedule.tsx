/** The batches of a project: when they start, how far they are; postponing, extending, telling all of one something. */
import { useEffect, useId, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import { ReasonDialog } from "../../shared/desk/reason";
import type { Chosen } from "../../shared/desk/shell";
import { dateTime, fromLocal, toLocal } from "../../shared/time";
import { worded } from "../../shared/words";
import { pathOf, useProject } from "../project";
import type { Section } from "../section";
import type { BatchBody, ProjectView } from "../wire";

export const schedule: Section = { id: "schedule", group: "before", title: ["场次安排", "Schedule"], Show };

type Act = "postpone" | "extend" | "tell";
const AGAIN_MS = 15_000;

const phaseName = worded({
  before: ["未开始", "Not yet"],
  login: ["开放登录", "Login open"],
  door: ["可进入", "Door open"],
  running: ["进行中", "Under way"],
  over: ["已结束", "Over"],
});

function Show({ project }: Chosen) {
  const { tr } = useDesk();
  const { view, again } = useProject(project);
  const [open, setOpen] = useState<{ act: Act; batch: BatchBody } | null>(null);
  useEffect(() => {
    const timer = window.setInterval(again, AGAIN_MS);
    return () => window.clearInterval(timer);
  }, [again]);
  if (view === null) return <p aria-busy="true">…</p>;
  const leave = () => {
    setOpen(null);
    again();
  };
  return (
    <>
      {view.rehearsal && (
        <p>
          {tr(
            "这是开放的模拟测试：每位练习者有自己的场次，进入后约半分钟开考。下面是样板。",
            "An open rehearsal: everybody has a batch of their own, which starts half a minute after entering. This is the pattern.",
          )}
        </p>
      )}
      <p class="small">{tr("时间均为北京时间。考生端在下一次连接平台时得知变更。", "Beijing time. Laptops learn of a change at their next contact.")}</p>
      <div class="wide">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{tr("场次", "Batch")}</th>
              <th scope="col">{tr("状态", "State")}</th>
              <th scope="col">{tr("开考", "Start")}</th>
              <th scope="col">{tr("最迟结束", "Latest end")}</th>
              <th scope="col">{tr("答题分钟", "Minutes")}</th>
              <th scope="col">{tr("考生", "Candidates")}</th>
              <th scope="col">{tr("操作", "Acts")}</th>
            </tr>
          </thead>
          <tbody>
            {view.batches.map((batch) => (
              <tr key={batch.name}>
                <th scope="row">{batch.name}</th>
                <td>{phaseName(batch.phase, tr)}</td>
                <td class="num">{dateTime(batch.start_ms)}</td>
                <td class="num">{dateTime(batch.end_ms)}</td>
                <td class="num">{Math.round((batch.answer_ms / 60_000) * 10) / 10}</td>
                <td class="num">{batch.candidates}</td>
                <td>
                  {!view.rehearsal && <Acts batch={batch} choose={(act) => setOpen({ act, batch })} />}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open?.act === "postpone" && <Postpone view={view} batch={open.batch} leave={leave} />}
      {open?.act === "extend" && <Extend view={view} batch={open.batch} leave={leave} />}
      {open?.act === "tell" && <Tell view={view} batch={open.batch} leave={leave} />}
    </>
  );
}

function Acts({ batch, choose }: { batch: BatchBody; choose: (act: Act) => void }) {
  const { tr } = useDesk();
  const begun = batch.phase === "running" || batch.phase === "over";
  const acts: [Act, string, boolean][] = [
    ["postpone", tr("调整开考", "Move the start"), !begun],
    ["extend", tr("延长答题", "More time"), batch.phase !== "over"],
    ["tell", tr("发送通知", "Send a notice"), true],
  ];
  return (
    <div class="acts">
      {acts.map(
        ([act, name, can]) =>
          can && (
            <button key={act} type="button" class="btn quiet small" aria-label={`${name}：${batch.name}`} onClick={() => choose(act)}>
              {name}
            </button>
          ),
      )}
    </div>
  );
}

interface ActProps {
  view: ProjectView;
  batch: BatchBody;
  leave: () => void;
}

const at = (view: ProjectView, batch: BatchBody, act: Act) =>
  `${pathOf(view.project)}/batches/${encodeURIComponent(batch.name)}/${act}`;

function Postpone({ view, batch, leave }: ActProps) {
  const { tr, act } = useDesk();
  const id = useId();
  const [moment, setMoment] = useState(toLocal(batch.start_ms));
  const start_ms = fromLocal(moment);
  return (
    <ReasonDialog
      title={tr(`调整开考时间：${batch.name}`, `Move the start: ${batch.name}`)}
      effect={tr(
        `现为 ${dateTime(batch.start_ms)}。本场次 ${batch.candidates} 名考生都会收到通知。`,
        `Now ${dateTime(batch.start_ms)}. All ${batch.candidates} candidates of this batch are told.`,
      )}
      ready={start_ms !== null && start_ms !== batch.start_ms}
      go={(reason) => act(at(view, batch, "postpone"), { start_ms, reason })}
      leave={leave}
    >
      <label for={id}>{tr("新的开考时间（北京时间）", "New start (Beijing time)")}</label>
      <input
        id={id}
        type="datetime-local"
        required
        value={moment}
        onInput={(event) => setMoment(event.currentTarget.value)}
      />
    </ReasonDialog>
  );
}

function Extend({ view, batch, leave }: ActProps) {
  const { tr, act } = useDesk();
  const id = useId();
  const [minutes, setMinutes] = useState(5);
  return (
    <ReasonDialog
      title={tr(`延长答题时间：${batch.name}`, `More time to answer: ${batch.name}`)}
      effect={tr(`本场次 ${batch.candidates} 名考生的答题时间都会延长。`, `All ${batch.candidates} candidates of this batch get it.`)}
      ready={Number.isInteger(minutes) && minutes >= 1 && minutes <= 240}
      go={(reason) => act(at(view, batch, "extend"), { minutes, reason })}
      leave={leave}
    >
      <label for={id}>{tr("增加分钟数", "Minutes more")}</label>
      <input
        id={id}
        type="number"
        min={1}
        max={240}
        required
        value={minutes}
        onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
      />
    </ReasonDialog>
  );
}

function Tell({ view, batch, leave }: ActProps) {
  const { tr, act } = useDesk();
  const id = useId();
  const phrases = Object.entries(view.phrases);
  const answering = batch.phase === "running";
  const [phrase, setPhrase] = useState(answering ? (phrases[0]?.[0] ?? "") : "");
  const [words, setWords] = useState("");
  const text = phrase === "" ? words.trim() : phrase;
  return (
    <ReasonDialog
      title={tr(`发送通知：${batch.name}`, `Send a notice: ${batch.name}`)}
      effect={
        answering
          ? tr("正在答题，只能发送固定用语。", "They are answering: only set phrases may be sent.")
          : tr(`本场次 ${batch.candidates} 名考生都会看到。`, `All ${batch.candidates} candidates of this batch see it.`)
      }
      ready={text !== ""}
      go={(reason) => act(at(view, batch, "tell"), { text, reason })}
      leave={leave}
    >
      <label for={`${id}p`}>{tr("固定用语", "Set phrase")}</label>
      <select id={`${id}p`} value={phrase} onChange={(event) => setPhrase(event.currentTarget.value)}>
        {!answering && <option value="">{tr("自己填写", "Own words")}</option>}
        {phrases.map(([name, said]) => (
          <option key={name} value={name}>
            {tr(said.zh, said.en)}
          </option>
        ))}
      </select>
      {phrase === "" && !answering && (
        <>
          <label for={`${id}w`}>{tr("通知内容", "Words")}</label>
          <textarea
            id={`${id}w`}
            rows={3}
            maxLength={2000}
            value={words}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        </>
      )}
    </ReasonDialog>
  );
}
