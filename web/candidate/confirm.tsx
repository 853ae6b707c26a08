/** A6 设备确认. */
import { useApp } from "../shared/app";
import type { Confirm } from "../shared/pagestate";
import { Button, DeviceList, Level, Preview } from "../shared/parts";
import { Frame } from "../shared/shell";
import { span, useNow } from "../shared/time";

export function ConfirmPage({ page }: { page: Confirm }) {
  const { tr, state, anchor } = useApp();
  const now = useNow(anchor);
  const start = state.top.start_ms;
  return (
    <Frame
      title={tr("设备确认", "Confirm your devices")}
      aside={
        start !== null && (
          <span class="cd">
            <small>{tr("距离面试开始", "Starts in")}</small>
            <b class="num">{span(start - now)}</b>
          </span>
        )
      }
      why={tr("时间一到会自动开始，不会错过。", "It starts by itself when it is time.")}
      actions={
        <>
          <Button order={{ action: "refresh" }}>{tr("刷新设备", "Refresh devices")}</Button>
          <Button tone="act" order={{ action: "confirm" }}>
            {tr("进入待考", "Ready")}
          </Button>
        </>
      }
    >
      <div class="two face">
        <section class="card cam" aria-label={tr("画面和声音", "Picture and sound")}>
          <Preview on={page.preview} />
          <Level db={page.level_db} />
          <p class="small">{tr("请说一句话，绿色条会跳动。", "Say a sentence: the green bar moves.")}</p>
        </section>
        <section class="card">
          <DeviceList kind="camera" devices={page.devices} chosen={page.chosen.camera} />
          <DeviceList kind="microphone" devices={page.devices} chosen={page.chosen.microphone} />
        </section>
      </div>
    </Frame>
  );
}
