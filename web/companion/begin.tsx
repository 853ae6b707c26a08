/** Between binding and filming: waiting for the laptop's word, then the last look before the pan. */
import { useEffect } from "preact/hooks";
import { useShown } from "./context";
import { KeepUntilResults } from "./lasting";
import { allowHeading } from "./pan";
import { Failure, Picture, Press, Say, Title } from "./parts";

export function Asking() {
  const { phone, seen, tr } = useShown();
  return (
    <>
      <Title>{tr("等待电脑端确认", "Waiting for the laptop")}</Title>
      <p class="big">
        {tr("请在电脑上核对并点【确认绑定】。", "Check the laptop and press “Approve” there.")}
      </p>
      <dl class="facts">
        <dt>{tr("面试项目", "Project")}</dt>
        <dd>{seen.binding?.title}</dd>
        <dt>{tr("考生号末四位", "Last digits")}</dt>
        <dd class="num">{seen.binding?.number_tail}</dd>
        <dt>{tr("本机编号末四位", "This phone")}</dt>
        <dd class="num tail">{seen.binding?.device.slice(-4).toUpperCase()}</dd>
      </dl>
      <p class="small">{tr("电脑上显示的编号末四位应与这里相同。", "The laptop must show the same four letters.")}</p>
      {!seen.online && <Say tone="warn">{tr("网络中断，恢复后自动继续。", "No network; it goes on by itself.")}</Say>}
      {seen.failed !== null && <Failure error={seen.failed} hotline={seen.binding?.hotline ?? ""} />}
      <div class="foot">
        <Press press={() => void phone.rebind()}>{tr("不是这场面试，重新扫码", "Not this interview: scan again")}</Press>
      </div>
    </>
  );
}

export function Ready() {
  const { phone, seen, tr } = useShown();
  useEffect(() => void phone.openPreview(), [phone]);
  return (
    <>
      <Title>{tr("已绑定，准备环拍", "Bound. Get ready to pan")}</Title>
      <Picture />
      <ul class="steps">
        <li>{tr("手持手机，前置镜头对着自己，人始终在画面里。", "Hold the phone, front camera towards you; stay in the picture.")}</li>
        <li>{tr("原地慢慢转一整圈，拍到整个房间。", "Turn slowly once all the way round.")}</li>
        <li>{tr("开始后一直录到面试结束，期间不要锁屏、接打电话。", "From then on it records until the end: no lock screen, no calls.")}</li>
      </ul>
      <Warnings />
      <div class="foot">
        <Press
          tone="act"
          off={seen.busy}
          press={() => {
            allowHeading();
            void phone.begin();
          }}
        >
          {tr("开始录制和环拍", "Start recording and pan")}
        </Press>
      </div>
    </>
  );
}

const HOURS = 3_600_000;
const LOW_BATTERY = 0.3;

/** What may end the film too early, told while something can be done about it. */
export function Warnings() {
  const { seen, tr } = useShown();
  const { power, batteryLeft_ms, storageLeft_ms } = seen;
  const low = power !== null && !power.charging && (power.level < LOW_BATTERY || (batteryLeft_ms ?? HOURS * 9) < 2 * HOURS);
  return (
    <>
      {low && <Say tone="warn">{tr("电量可能不够，请接上充电器。", "The battery may not last. Plug in the charger.")}</Say>}
      {storageLeft_ms !== null && storageLeft_ms < 3 * HOURS && (
        <Say tone="warn">{tr("手机存储空间可能不够，请删除不用的照片或软件。", "Storage may run out. Delete what you do not need.")}</Say>
      )}
      {(seen.awake === null || (seen.awake === false && seen.film === "filming")) && (
        <Say tone="warn">
          {tr(
            "不能保持亮屏：请在系统设置中把“自动锁定”设为“永不”。",
            "The screen cannot be kept on: set “Auto-Lock” to “Never” in the settings.",
          )}
        </Say>
      )}
      <KeepUntilResults />
    </>
  );
}
