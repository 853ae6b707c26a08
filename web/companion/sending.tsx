/** After the stop: what has arrived, what is still to come, and the receipt. */
import { useEffect, useRef, useState } from "preact/hooks";
import { bytes, dateTime, span } from "../shared/time";
import { Band } from "./band";
import { useCenterTime, useShown } from "./context";
import { KeepUntilResults } from "./lasting";
import { Press, Say, Title } from "./parts";

const RATE_MS = 20_000;

export function Sending() {
  const { phone, seen, tr } = useShown();
  const now = useCenterTime(phone);
  const { counts, receipt, view, binding } = seen;
  const left = counts.links - counts.verified;
  const rate = useRate(counts.verifiedBytes);
  const bytesLeft = counts.bytes - counts.verifiedBytes;
  const nothing = counts.links === 0;
  const whole = receipt?.kind === "session";
  const word = nothing
    ? tr("没有录像", "Nothing recorded")
    : receipt !== null
      ? tr("上传成功", "Sent and received")
      : left === 0
        ? view?.ended === true
          ? tr("等待回执", "Waiting for the receipt")
          : tr("已全部送达", "All of it has arrived")
        : seen.online
          ? tr("正在上传", "Sending")
          : tr("等待网络", "Waiting for network");
  return (
    <>
      <Title>{word}</Title>
      {view?.replaced === true && (
        <Say tone="info">{tr("另一部手机已代替本机；本机录像照常上传。", "Another phone took over; what this one holds is still sent.")}</Say>
      )}
      {binding?.ended?.by === "center" && view?.finish === true && (
        <Say tone="info">{tr("技术服务人员已停止拍摄。", "Support has stopped the recording.")}</Say>
      )}
      {receipt === null && left === 0 && !nothing && (
        <p class="big">
          {tr(
            "考务平台已校验本机全部录像，整场面试结束后签发回执。",
            "The center has verified everything; it signs the receipt once the interview is over.",
          )}
        </p>
      )}
      {left > 0 && (
        <p class="big">
          {tr("请保持本页打开、网络连接，不要锁屏。", "Keep this page open and online; do not lock the screen.")}
        </p>
      )}
      {receipt !== null && (
        <section class="receipt" aria-label={tr("数据接收回执", "Receipt")}>
          <h2>{tr("数据接收回执", "Receipt of evidence")}</h2>
          <p>
            {whole
              ? tr("整场面试数据已全部确认。", "The whole interview is confirmed.")
              : tr("本机佐证视频已全部接收；电脑端数据确认后整场完成。", "This phone's video is received; the whole is confirmed with the laptop's.")}
          </p>
          <dl class="facts">
            <dt>{tr("准考证号", "Number")}</dt>
            <dd class="num">{receipt.number}</dd>
            <dt>{tr("时间", "Time")}</dt>
            <dd class="num">{dateTime(receipt.issued_ms)}</dd>
            <dt>{tr("签名", "Signature")}</dt>
            <dd>
              {receipt.checked ? tr("本机已核对", "checked on this phone") : tr("本机浏览器不能核对", "this browser cannot check it")}{" "}
              <span class="num">…{receipt.fingerprint.slice(-8)}</span>
            </dd>
          </dl>
        </section>
      )}
      <Band now={null} />
      <dl class="facts">
        <dt>{tr("已校验", "Verified")}</dt>
        <dd class="num">
          {counts.verifiedSegments} / {counts.segments} {tr("段", "segments")} · {bytes(counts.verifiedBytes)} / {bytes(counts.bytes)}
        </dd>
        {counts.gaps > 0 && (
          <>
            <dt>{tr("缺失时段", "Gaps")}</dt>
            <dd class="num">{counts.gaps}</dd>
          </>
        )}
        {left > 0 && rate > 0 && (
          <>
            <dt>{tr("预计还需", "Time left")}</dt>
            <dd class="num">
              {span((bytesLeft / rate) * 1000)} · {bytes(rate)}/s
            </dd>
          </>
        )}
        {receipt === null && view?.facts.deadline_ms != null && (
          <>
            <dt>{tr("确认时限", "To be confirmed by")}</dt>
            <dd class="num">
              {now < view.facts.deadline_ms
                ? tr(`还剩 ${span(view.facts.deadline_ms - now)}`, `${span(view.facts.deadline_ms - now)} left`)
                : tr("已超时，仍继续上传，请联系技术服务", "Late; it goes on, call support")}
            </dd>
          </>
        )}
      </dl>
      {!seen.online && (
        <Say tone="warn">
          {tr("网络中断。录像在本机，联网后自动上传。", "No network. The video is on this phone and goes out by itself.")}
          {binding?.hotline !== "" && (
            <p class="small">
              {tr("技术服务电话", "Support")} <span class="num">{binding?.hotline}</span>
            </p>
          )}
        </Say>
      )}
      {binding?.cleared === true && <p class="small">{tr("本机录像已清除。", "The video was removed from this phone.")}</p>}
      {view?.may_delete === true && binding?.cleared === false && (
        <p class="small">{tr("成绩已公布，可以清除本机录像。", "Results are out: the video may be removed.")}</p>
      )}
      <KeepUntilResults />
      <div class="foot">
        {view?.may_delete === true && binding?.cleared === false && (
          <Press press={() => void phone.clear()}>{tr("清除本机录像", "Remove the video")}</Press>
        )}
        <Press press={() => void phone.rebind()}>{tr("重新扫码绑定", "Scan again")}</Press>
        {left > 0 && (
          <Press tone="act" press={() => phone.retry()}>
            {tr("立即重试", "Try now")}
          </Press>
        )}
      </div>
    </>
  );
}

/** Bytes a second over the last while. */
function useRate(total: number): number {
  const looks = useRef<{ at: number; total: number }[]>([]);
  const [rate, setRate] = useState(0);
  useEffect(() => {
    const at = performance.now();
    looks.current = [...looks.current.filter((look) => at - look.at < RATE_MS), { at, total }];
    const first = looks.current[0];
    if (first !== undefined && at > first.at) setRate(((total - first.total) / (at - first.at)) * 1000);
  }, [total]);
  return rate;
}
