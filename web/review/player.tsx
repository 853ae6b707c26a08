/** One session: pictures side by side on one clock (center time), one scrubber with gaps, incidents, marks, chapters. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { clock as clockText, dateTime } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { trackName, worded } from "../shared/words";
import { Lane } from "./lane";
import { Notes } from "./notes";
import { bounds } from "./pieces";
import type { ReviewBody } from "./wire";

const SPEEDS = [0.5, 1, 1.5, 2, 4] as const;
const FRAME_MS = 1000 / 15;

export function Player({ body, leave, again }: { body: ReviewBody; leave: () => void; again: () => void }) {
  const { tr } = useDesk();
  const [from, to] = useMemo(() => bounds(body.lanes), [body.lanes]);
  const anchor = useRef({ at: from, since: performance.now() });
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<number>(1);
  const [shown, setShown] = useState(from);

  const clock = useCallback(() => {
    const run = playing ? (performance.now() - anchor.current.since) * speed : 0;
    return Math.min(to, anchor.current.at + run);
  }, [playing, speed, to]);
  const go = useCallback(
    (at: number) => {
      anchor.current = { at: Math.min(to, Math.max(from, at)), since: performance.now() };
      setShown(anchor.current.at);
    },
    [from, to],
  );
  const set = (next: { playing?: boolean; speed?: number }) => {
    go(clock());
    if (next.playing !== undefined) setPlaying(next.playing);
    if (next.speed !== undefined) setSpeed(next.speed);
  };
  useEffect(() => {
    const timer = window.setInterval(() => {
      const at = clock();
      setShown(at);
      if (at >= to) setPlaying(false);
    }, 200);
    return () => window.clearInterval(timer);
  }, [clock, to]);
  const missing = useCallback((reason: string) => gapName(reason, tr) || tr("没有画面", "No picture"), [tr]);

  const keys = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement || event.target instanceof HTMLTextAreaElement) return;
    const step: Record<string, number> = { ArrowLeft: -5000, ArrowRight: 5000, ",": -FRAME_MS, ".": FRAME_MS };
    const by = step[event.key];
    if (event.key === " " && !(event.target instanceof HTMLButtonElement)) set({ playing: !playing });
    else if (by !== undefined) {
      if (event.key === "," || event.key === ".") setPlaying(false);
      go(clock() + by);
    } else return;
    event.preventDefault();
  };
  const all = Math.max(1, to - from);
  const place = (ms: number) => `${(Math.min(Math.max(ms - from, 0), all) / all) * 100}%`;
  const incidents = body.incidents.filter((one) => one.at_ms >= from && one.at_ms <= to);

  return (
    <main class="player" onKeyDown={keys}>
      <header>
        <h1>
          <span class="num">{body.alias}</span> <small>{body.batch}</small>
        </h1>
        <span class={`tag ${body.chains === "" ? "ok" : "bad"}`}>
          {body.chains === "" ? tr("哈希链完整", "Chains follow") : body.chains}
        </span>
        <span class="tag">{receiptName(body.receipt, tr) || tr("尚无回执", "No receipt yet")}</span>
        <span class="grow" />
        <button type="button" class="btn quiet" onClick={leave}>
          {tr("返回列表", "Back to the list")}
        </button>
      </header>
      <div class="pictures">
        {body.lanes.map((lane, index) => (
          <Lane
            key={lane.track}
            lane={lane}
            name={trackName(lane.track, tr)}
            clock={clock}
            playing={playing}
            speed={speed}
            muted={index > 0}
            missing={missing}
          />
        ))}
        {body.lanes.length === 0 && <p>{tr("还没有收到任何录像", "No footage has arrived yet")}</p>}
      </div>
      <div class="controls">
        <button type="button" class="btn act" onClick={() => set({ playing: !playing })}>
          {playing ? tr("暂停", "Pause") : tr("播放", "Play")}
        </button>
        <label>
          {tr("速度", "Speed")}{" "}
          <select value={String(speed)} onChange={(event) => set({ speed: Number(event.currentTarget.value) })}>
            {SPEEDS.map((one) => (
              <option key={one} value={String(one)}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <span class="num time">{dateTime(shown)}</span>
        {body.shown_ms !== null && (
          <button type="button" class="btn quiet" onClick={() => go(body.shown_ms ?? from)}>
            {tr("到试题出现", "To the questions")}
          </button>
        )}
        <small>{tr("空格 播放 · ← → 5 秒 · , . 一帧", "Space plays · ← → 5 s · , . one frame")}</small>
      </div>
      <div class="scrub">
        <input
          type="range"
          min={from}
          max={to}
          step={100}
          value={shown}
          aria-label={tr("时间", "Time")}
          aria-valuetext={clockText(shown)}
          onInput={(event) => go(event.currentTarget.valueAsNumber)}
        />
        <div class="marks" aria-hidden="true">
          {incidents.map((one, index) => (
            <i key={index} title={one.kind} style={{ left: place(one.at_ms) }} />
          ))}
          {body.marks.map((one) => (
            <i key={`m${one.id}`} class="own" title={one.text} style={{ left: place(one.at_ms) }} />
          ))}
        </div>
        {body.lanes.map((lane) => (
          <div key={lane.track} class="lane" aria-hidden="true">
            {lane.pieces.map((piece) => (
              <s
                key={piece.start_ms}
                class={piece.gap ? "gap" : "verified"}
                style={{ left: place(piece.start_ms), width: `${(piece.duration_ms / all) * 100}%` }}
              />
            ))}
          </div>
        ))}
      </div>
      <Notes body={body} incidents={incidents} now={shown} go={go} again={again} />
    </main>
  );
}

const receiptName = worded({
  confirmed: ["回执：已完成", "Receipt: confirmed"],
  confirmed_late: ["回执：超时完成", "Receipt: confirmed late"],
});
const gapName = worded({
  recorder_died: ["缺失：录制程序中断", "Gap: the recorder died"],
  ffmpeg_died: ["缺失：录制中断", "Gap: the capture died"],
  stalled: ["缺失：画面停滞", "Gap: the capture stalled"],
  suspended: ["缺失：电脑休眠", "Gap: the machine slept"],
  clock_stepped: ["缺失：时钟被调整", "Gap: the clock was set"],
  device_lost: ["缺失：设备断开", "Gap: the device was lost"],
  device_switched: ["缺失：切换设备", "Gap: the device was switched"],
  disk_full: ["缺失：磁盘已满", "Gap: the disk was full"],
  damaged: ["缺失：文件损坏", "Gap: damaged"],
  rebooted: ["缺失：电脑重启", "Gap: the machine rebooted"],
  late_start: ["缺失：开始较晚", "Gap: began late"],
  no_footage: ["缺失：没有画面", "Gap: never any footage"],
  stopped: ["录制已停止", "Recording had stopped"],
  unreadable: ["无法播放", "Cannot be played"],
});
