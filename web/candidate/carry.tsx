/** 离线数据包: what is unsent, encrypted, onto a stick. Chooses a place, follows the writing, names the files. */
import { useState } from "preact/hooks";
import { useApp } from "../shared/app";
import { Dialog } from "../shared/dialog";
import type { Carry, CarryPlace } from "../shared/pagestate";
import { Button, Say } from "../shared/parts";
import { bytes } from "../shared/time";

export function CarryDialog({ carry, wanted }: { carry: Carry; wanted: number }) {
  const { tr, act } = useApp();
  const away = () => void act({ action: "carry_away" });
  const busy = carry.state === "preparing" || carry.state === "writing";
  return (
    <Dialog title={tr("离线数据包", "Rescue bundle")} leave={away}>
      <p>
        {tr(
          "网络一直不通时，把还没有上传的视频加密存到 U 盘，交给技术服务人员。文件只有考务平台能打开；本机的视频保留不动，仍会继续上传。",
          "When the network does not come back: put what is not uploaded yet, encrypted, on a stick and hand it to support. Only the center can open it. Everything also stays here and goes on uploading.",
        )}
      </p>
      {carry.error !== null && (
        <Say tone="bad">
          <b>{tr(carry.error.message_zh, carry.error.message_en)}</b>
          <p>{tr(carry.error.hint_zh, carry.error.hint_en)}</p>
          <p class="small">
            {tr("错误代码", "Error code")} {carry.error.code}
          </p>
        </Say>
      )}
      {busy ? <Writing carry={carry} /> : carry.state === "done" ? <Written carry={carry} /> : <Choose carry={carry} wanted={wanted} />}
      <div class="choice">
        <Button press={away} first={busy} tone={carry.state === "done" ? "act" : "quiet"}>
          {busy ? tr("在后台继续", "Go on in the background") : tr("关闭", "Close")}
        </Button>
        {!busy && (
          <Button order={{ action: "carry_offer" }}>
            {carry.state === "done" ? tr("再存一份", "Another copy") : tr("刷新", "Look again")}
          </Button>
        )}
      </div>
    </Dialog>
  );
}

function Choose({ carry, wanted }: { carry: Carry; wanted: number }) {
  const { tr } = useApp();
  const [picked, setPicked] = useState<string | null>(null);
  const chosen = carry.places.find((place) => place.path === picked) ?? carry.places[0];
  const label = (place: CarryPlace) => (place.removable ? place.name : tr(`本机 ${place.name}`, `This computer, ${place.name}`));
  return (
    <fieldset class="choices">
      <legend>{tr("存到哪里", "Where to")}</legend>
      {!carry.places.some((place) => place.removable) && (
        <Say tone="info">
          {tr("没有找到 U 盘。请插入后点【刷新】，或先存到本机再拷贝。", "No stick was found. Plug one in and look again, or keep it here first and copy it.")}
        </Say>
      )}
      {carry.places.map((place) => (
        <label key={place.path}>
          <input
            type="radio"
            name="place"
            checked={place.path === chosen?.path}
            onChange={() => setPicked(place.path)}
          />
          <span>
            {label(place)}
            <small class="num">
              {place.path} · {tr(`可用 ${bytes(place.free_bytes)}`, `${bytes(place.free_bytes)} free`)}
            </small>
          </span>
        </label>
      ))}
      {chosen !== undefined && (
        <Button tone="act" order={{ action: "carry", folder: chosen.path }}>
          {tr(`写入（约 ${bytes(wanted)}）`, `Write (about ${bytes(wanted)})`)}
        </Button>
      )}
    </fieldset>
  );
}

function Writing({ carry }: { carry: Carry }) {
  const { tr } = useApp();
  const percent = Math.floor(carry.share * 100);
  return (
    <div role="status">
      <p>
        {carry.state === "preparing"
          ? tr("正在准备…", "Preparing…")
          : tr(`正在写入并回读核对：${percent}%。请不要拔出。`, `Writing and reading back: ${percent}%. Do not unplug it.`)}
      </p>
      <progress max={100} value={percent} aria-label={tr("写入进度", "Progress")} />
    </div>
  );
}

function Written({ carry }: { carry: Carry }) {
  const { tr } = useApp();
  if (carry.files.length === 0)
    return (
      <Say tone="ok">{tr("没有需要带走的数据：考务平台已经全部收到。", "Nothing to carry: the center holds everything.")}</Say>
    );
  return (
    <>
      <Say tone="ok">
        {tr(
          `已写入并核对，共 ${carry.files.length} 个文件（${bytes(carry.file_bytes)}）。可以拔出，请全部交给技术服务人员。`,
          `Written and checked: ${carry.files.length} file(s), ${bytes(carry.file_bytes)}. It can be unplugged; hand all of them to support.`,
        )}
      </Say>
      <ul class="files num">
        {carry.files.map((file) => (
          <li key={file}>{file}</li>
        ))}
      </ul>
      {carry.left_out > 0 && (
        <Say tone="warn">
          {tr(
            `有 ${carry.left_out} 个文件已损坏，未放入，仍保留在本机。请告诉技术服务人员。`,
            `${carry.left_out} damaged file(s) were left out and stay on this computer. Please tell support.`,
          )}
        </Say>
      )}
    </>
  );
}
