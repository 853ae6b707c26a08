/** 正在录制: the page that is read from two metres for hours. One state word; everything else is small. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../shared/dialog";
import { clockShort, span } from "../shared/time";
import { Band } from "./band";
import { Warnings } from "./begin";
import { type Tr, useCenterTime, useShown } from "./context";
import { wordsOf } from "./hurdles";
import { Picture, Press, Say } from "./parts";
import type { Snapshot } from "./snapshot";

interface State {
  word: string;
  what: string;
  good: boolean;
}

export function stateOf(seen: Snapshot, tr: Tr): State {
  if (seen.full) {
    return {
      word: tr("不能保存录像", "Cannot be stored"),
      what: tr("手机存储已满。请删除不用的照片或软件，录制会自动恢复。", "Storage is full. Delete something; it goes on by itself."),
      good: false,
    };
  }
  if (seen.film === "opening") return { word: tr("正在打开镜头", "Opening the camera"), what: "", good: true };
  if (seen.film !== "filming") {
    const why = seen.filmHurdle === null ? null : wordsOf(seen.filmHurdle, tr);
    return {
      word: tr("录制中断", "Recording interrupted"),
      what: why === null ? tr("正在自动恢复，请勿离开本页。", "It is coming back; stay on this page.") : `${why.why}${tr("", " ")}${why.steps[0] ?? ""}`,
      good: false,
    };
  }
  switch (seen.wellness) {
    case "frozen":
      return {
        word: tr("画面停住", "Picture frozen"),
        what: tr("镜头画面不动了。请关闭其他使用镜头的软件，再按“立即恢复”。", "The picture stands still. Close other camera apps, then press “Recover now”."),
        good: false,
      };
    case "black":
      return {
        word: tr("画面全黑", "Picture black"),
        what: tr("镜头被遮住或房间太暗。请移开遮挡，打开灯。", "The lens is covered or the room dark. Uncover it, turn on a light."),
        good: false,
      };
    case "silent":
      return {
        word: tr("没有声音", "No sound"),
        what: tr("麦克风没有声音。请检查是否被遮住，断开蓝牙耳机。", "The microphone is silent. Uncover it; disconnect Bluetooth headsets."),
        good: false,
      };
    case "well":
      return { word: tr("正在录制", "Recording"), what: "", good: true };
  }
}

/** The trouble line for pages that are about something else. */
export function FilmTrouble() {
  const { phone, seen, tr } = useShown();
  const state = stateOf(seen, tr);
  if (state.good) return null;
  return (
    <Say tone="bad" alert>
      <b>{state.word}</b>
      <p>{state.what}</p>
      <Press press={() => phone.retry()}>{tr("立即恢复", "Recover now")}</Press>
    </Say>
  );
}

export function Film() {
  const { phone, seen, tr } = useShown();
  const now = useCenterTime(phone);
  const [asks, setAsks] = useState(false);
  const state = stateOf(seen, tr);
  const since = seen.binding?.since_ms ?? now;
  const over = seen.view?.ended === true;
  return (
    <>
      <Picture />
      <div class={`state ${state.good ? "good" : "bad"}`} role="status">
        <h1>
          <i class={state.good ? "dot" : "cross"} aria-hidden="true" />
          {state.word}
        </h1>
      </div>
      <p class="timer num">{span(now - since)}</p>
      {!state.good && (
        <div class="trouble" role="alert">
          <p class="big">{state.what}</p>
          <Press tone="act" press={() => phone.retry()}>
            {tr("立即恢复", "Recover now")}
          </Press>
        </div>
      )}
      {over && (
        <Say tone="info">
          <b>{tr("面试已结束，请按下面的按钮停止拍摄", "The interview is over: stop the recording below")}</b>
        </Say>
      )}
      <Band now={now} />
      <ul class="facts-grid">
        <li>{powerWords(seen, tr)}</li>
        <li>{roomWords(seen, tr)}</li>
        <li>
          {seen.online
            ? tr("网络正常，边录边传", "Online, sending as it records")
            : tr("网络中断，录像已存本机", "Offline; kept on this phone")}
        </li>
        <li>{tr("请勿锁屏、接打电话", "No lock screen, no calls")}</li>
      </ul>
      <Warnings />
      <div class="foot">
        <Press tone={over ? "act" : "end"} off={seen.busy} press={() => setAsks(true)}>
          {seen.busy ? tr("正在保存…", "Saving…") : tr("面试结束后按这里停止", "Stop after the interview")}
        </Press>
      </div>
      {asks && <StopDialog over={over} leave={() => setAsks(false)} />}
    </>
  );
}

function StopDialog({ over, leave }: { over: boolean; leave: () => void }) {
  const { phone, seen, tr } = useShown();
  const [sure, setSure] = useState(over);
  const box = useId();
  const end = seen.view === null ? 0 : seen.view.facts.scheduled_end_ms + seen.view.facts.extra_ms;
  return (
    <Dialog title={over ? tr("停止拍摄？", "Stop the recording?") : tr("面试还没有结束", "The interview is not over")} leave={leave}>
      {over ? (
        <p>{tr("停止后自动上传，请不要关闭本页。", "After that it is sent by itself; keep this page open.")}</p>
      ) : (
        <>
          <p>
            {tr("拍摄不得中断。预定结束时间", "The recording must not stop. Scheduled end")} <b class="num">{clockShort(end)}</b>
          </p>
          <label class="tick" for={box}>
            <input id={box} type="checkbox" checked={sure} onChange={(event) => setSure(event.currentTarget.checked)} />
            {tr("我的面试已在电脑上结束", "My interview has ended on the laptop")}
          </label>
        </>
      )}
      <div class="choice">
        <button type="button" class={`btn ${over ? "quiet" : "act"}`} autofocus onClick={leave}>
          {tr("继续拍摄", "Go on recording")}
        </button>
        <Press
          tone={over ? "act" : "end"}
          off={!sure}
          press={() => {
            leave();
            void phone.stop();
          }}
        >
          {tr("停止并上传", "Stop and send")}
        </Press>
      </div>
    </Dialog>
  );
}

function powerWords(seen: Snapshot, tr: Tr): string {
  if (seen.power === null) return tr("请保持充电", "Keep it charging");
  const percent = Math.round(seen.power.level * 100);
  if (seen.power.charging) return tr(`电量 ${percent}% · 充电中`, `Battery ${percent}% · charging`);
  const left = seen.batteryLeft_ms;
  const hours = left === null ? "" : tr(` · 约 ${hoursOf(left)} 小时`, ` · about ${hoursOf(left)} h`);
  return tr(`电量 ${percent}%${hours}`, `Battery ${percent}%${hours}`);
}

function roomWords(seen: Snapshot, tr: Tr): string {
  if (seen.storageLeft_ms === null) return tr("存储空间未知", "Storage unknown");
  const hours = hoursOf(Math.min(seen.storageLeft_ms, 99 * 3_600_000));
  return tr(`可再录 ${hours} 小时`, `Room for ${hours} h`);
}

const hoursOf = (ms: number): string => (ms < 36_000_000 ? (ms / 3_600_000).toFixed(1) : String(Math.round(ms / 3_600_000)));
