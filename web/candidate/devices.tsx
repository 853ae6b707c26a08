/** A1 设备准备. */
import { useEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import type { Check, Devices, Rule, Trial } from "../shared/pagestate";
import { Button, DeviceList, Level, Preview } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";

export function DevicesPage({ page }: { page: Devices }) {
  const { tr } = useApp();
  const why = useWhy();
  return (
    <Frame
      title={tr("设备准备", "Device check")}
      why={page.can_go_on ? undefined : tr(page.why_not_zh, page.why_not_en)}
      whyId={why}
      actions={
        <>
          {page.can_rehearse && (
            <Button order={{ action: "rehearse" }}>{tr("考前模拟测试", "Rehearse first")}</Button>
          )}
          <Button order={{ action: "recheck" }}>{tr("重新检测", "Check again")}</Button>
          <Button tone="act" order={{ action: "checks_done" }} off={!page.can_go_on} why={why}>
            {tr("下一步", "Next")}
          </Button>
        </>
      }
    >
      <div class="two devices">
        <div class="stack">
          <section class="card cam" aria-label={tr("试录", "Test recording")}>
            <TestRecording page={page} />
          </section>
          <section class="card">
            <h2>{tr("请逐条确认", "Please confirm each")}</h2>
            <div class="ticks">
              {page.rules.map((rule) => (
                <Tick key={rule.id} rule={rule} />
              ))}
            </div>
          </section>
        </div>
        <section class="card list" aria-label={tr("检测结果", "Results")}>
          <dl class="checks">
            {page.checks.map((check) => (
              <CheckRow key={check.id} check={check} />
            ))}
          </dl>
          <details>
            <summary>{tr("更换摄像头、麦克风或屏幕", "Use another camera, microphone or screen")}</summary>
            <div class="three">
              <DeviceList kind="camera" devices={page.devices} chosen={page.chosen.camera} />
              <DeviceList kind="microphone" devices={page.devices} chosen={page.chosen.microphone} />
              <DeviceList kind="screen" devices={page.devices} chosen={page.chosen.screen} />
            </div>
          </details>
        </section>
      </div>
    </Frame>
  );
}

/** Shows what was ticked at once, and from the program's answer on what the program knows. */
function Tick({ rule }: { rule: Rule }) {
  const { tr, act } = useApp();
  const [wanted, setWanted] = useState<boolean | null>(null);
  useEffect(() => setWanted(null), [rule.ticked]);
  return (
    <label>
      <input
        type="checkbox"
        checked={wanted ?? rule.ticked}
        onChange={(event) => {
          const ticked = event.currentTarget.checked;
          setWanted(ticked);
          void act({ action: "tick", id: rule.id, ticked }).then((taken) => {
            if (!taken) setWanted(null);
          });
        }}
      />
      <span>{tr(rule.zh, rule.en)}</span>
    </label>
  );
}

function CheckRow({ check }: { check: Check }) {
  const { tr } = useApp();
  const verdict = {
    pass: tr("✓ 通过", "✓ Passed"),
    warn: tr("! 注意", "! Note"),
    fail: check.blocks ? tr("× 需要处理", "× To be solved") : tr("× 未通过", "× Failed"),
    running: tr("… 检测中", "… Checking"),
  }[check.verdict];
  const todo = tr(check.todo_zh, check.todo_en);
  return (
    <div class={`row ${check.verdict}`}>
      <dt>{tr(check.title_zh, check.title_en)}</dt>
      <dd class="verdict">{verdict}</dd>
      <dd class="about">
        {todo !== "" && <b>{todo}</b>}
        <span>{tr(check.zh, check.en)}</span>
      </dd>
    </div>
  );
}

function TestRecording({ page }: { page: Devices }) {
  const { tr } = useApp();
  const { test_clip: clip } = page;
  const [playing, setPlaying] = useState(false);
  const before = useRef(clip.state);
  const replayable = clip.url !== null && clip.state !== "recording";
  useEffect(() => {
    if (before.current === "recording" && clip.state === "ready") setPlaying(true); // as its button promised
    before.current = clip.state;
  }, [clip.state]);
  return (
    <>
      {playing && replayable ? <Replay clip={clip} done={() => setPlaying(false)} /> : <Preview on={page.preview} />}
      <Level db={page.level_db} />
      <p class="small" role="status">
        {clip.state === "recording"
          ? tr("正在试录，请对着镜头说一句话。", "Recording; say a sentence to the camera.")
          : playing
            ? tr("正在回放刚才的试录。", "Playing what was recorded.")
            : clip.state === "ready"
              ? tr("试录完成。请回放，看画面、听声音是否清楚。", "Recorded. Play it: are picture and sound clear?")
              : clip.state === "heard"
                ? tr("您已确认画面和声音清楚。", "You found picture and sound clear.")
                : clip.state === "bad"
                  ? tr("请检查摄像头和麦克风，然后重新试录。", "Check camera and microphone, then record again.")
                  : tr("请说一句话，绿色条会跳动。", "Say a sentence: the green bar moves.")}
      </p>
      <div class="buttons">
        {replayable && !playing && <Button press={() => setPlaying(true)}>{tr("回放", "Play")}</Button>}
        {clip.state === "ready" ? (
          <>
            <Button order={{ action: "heard", ok: true }}>{tr("清楚", "Clear")}</Button>
            <Button order={{ action: "heard", ok: false }}>{tr("不清楚", "Not clear")}</Button>
          </>
        ) : (
          <Button order={{ action: "record_test" }} off={clip.state === "recording"}>
            {clip.state === "recording"
              ? tr("正在试录…", "Recording…")
              : clip.state === "none"
                ? tr("试录 5 秒并回放", "Record 5 seconds and play")
                : tr("重新试录", "Record again")}
          </Button>
        )}
      </div>
    </>
  );
}

/** The test recording, played once; the controls stay so that nobody depends on it starting by itself. */
function Replay({ clip, done }: { clip: Trial; done: () => void }) {
  const { tr } = useApp();
  return (
    <div class="pic">
      <video
        src={clip.url ?? ""}
        controls
        autoplay
        playsInline
        disablePictureInPicture
        aria-label={tr("刚才的试录", "What was recorded")}
        onEnded={done}
      />
    </div>
  );
}
