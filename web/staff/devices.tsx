/** Facts about a candidate's laptops and phones. */
import { useDesk } from "../shared/desk/context";
import { bytes, clock } from "../shared/time";
import { worded } from "../shared/words";
import type { DeviceEntry } from "./wire";

const kindName = worded({ laptop: ["电脑", "Laptop"], companion: ["手机", "Phone"] });
const standingName = worded({
  bound: ["已绑定", "bound"],
  asks: ["等待确认", "asks"],
  replaced: ["已被替换", "replaced"],
  refused: ["已解除", "let go"],
  withdrawn: ["已撤销", "withdrawn"],
});

export function DeviceFacts({ devices }: { devices: readonly DeviceEntry[] }) {
  const { tr } = useDesk();
  return (
    <section>
      <h3>{tr("设备", "Devices")}</h3>
      {devices.length === 0 && <p class="small">{tr("还没有登记的设备", "No device is enrolled yet")}</p>}
      <ul class="devices">
        {devices.map((device) => (
          <li key={device.device}>
            <b>{kindName(device.kind, tr)}</b> {device.name} <code class="num">{device.device.slice(-6)}</code>
            {device.standing !== "" && <span class="tag">{standingName(device.standing, tr)}</span>}
            <small class="num">
              {facts(device, tr)
                .filter((fact) => fact !== "")
                .join(" · ")}
            </small>
          </li>
        ))}
      </ul>
    </section>
  );
}

function facts(device: DeviceEntry, tr: (zh: string, en: string) => string): string[] {
  const { heard_ms: heard, battery, free_bytes: free, manifest_ms: manifest } = device;
  return [
    tr(`登记于 ${clock(device.enrolled_ms)}`, `enrolled ${clock(device.enrolled_ms)}`),
    heard === null ? "" : tr(`最近消息 ${clock(heard)}`, `heard of ${clock(heard)}`),
    battery === null
      ? ""
      : tr(`电量 ${Math.round(battery * 100)}%`, `battery ${Math.round(battery * 100)}%`) +
        (device.charging === true ? tr("（充电中）", " (charging)") : ""),
    free === null ? "" : tr(`剩余空间 ${bytes(free)}`, `${bytes(free)} free`),
    manifest === null
      ? tr("未交清单", "no manifest yet")
      : device.verified
        ? tr(`清单 ${clock(manifest)}，已收齐`, `manifest ${clock(manifest)}, all here`)
        : tr(`清单 ${clock(manifest)}，未收齐`, `manifest ${clock(manifest)}, not all here`),
  ];
}
