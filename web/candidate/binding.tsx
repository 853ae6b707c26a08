/** A3 佐证绑定. */
import { useState } from "preact/hooks";
import { useApp } from "../shared/app";
import type { Binding } from "../shared/pagestate";
import { Button, Qr, Say, type Tone } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { span, useNow } from "../shared/time";
import { DoorCloses } from "./door";

/** What is said of the phone; [tone, zh, en]. Unknown words of a newer center are shown as they are. */
export const PHONE: Record<string, readonly [Tone, string, string]> = {
  unbound: ["info", "手机尚未绑定", "No phone is bound yet"],
  waiting: ["info", "等待手机扫码", "Waiting for the phone to scan"],
  bound: ["ok", "手机已绑定，请在手机上开始录制", "Bound; start recording on the phone"],
  recording: ["ok", "手机正在录制", "The phone is recording"],
  frozen: ["warn", "手机画面不动了，请检查手机", "The phone's picture is frozen; check the phone"],
  lost: ["warn", "手机失去联系，请在手机上打开智试通，或重新扫码", "The phone is out of touch; open Zhishi on it or scan again"],
  uploading: ["info", "手机正在上传", "The phone is uploading"],
  verified: ["ok", "手机佐证视频已上传成功", "The phone's video has arrived"],
};

export function BindingPage({ page }: { page: Binding }) {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  const why = useWhy();
  const [typed, setTyped] = useState(false);
  const [tone, zh, en] = PHONE[page.phone] ?? ["info", page.phone, page.phone];
  return (
    <Frame
      title={tr("佐证绑定", "Bind the phone")}
      aside={<DoorCloses />}
      why={tr("手机绑定成功后，会自动进入下一环节。", "You are taken on by itself when the phone is bound.")}
      whyId={why}
      actions={
        <>
          <Button press={() => setTyped(!typed)} pressed={typed}>
            {tr("智试通二维码", "Type a code instead")}
          </Button>
          <Button order={{ action: "rebind" }}>{tr("换一个二维码", "New code")}</Button>
        </>
      }
    >
      <div class="two bind">
        <section class="card scan">
          {page.qr_svg === "" ? (
            <div class="pic">{tr("正在获取二维码，需要网络", "Fetching the code; this needs the network")}</div>
          ) : (
            <Qr svg={page.qr_svg} label={tr("智试通绑定二维码", "QR code that binds the phone")} />
          )}
          {page.expires_ms !== null && page.qr_svg !== "" && (
            <p class="small num">
              {now < page.expires_ms
                ? tr(`${span(page.expires_ms - now)} 内有效`, `Valid for ${span(page.expires_ms - now)}`)
                : tr("已过期，请换一个二维码", "Expired; take a new code")}
            </p>
          )}
        </section>
        <section class="card">
          <ol class="steps">
            <li>{tr("在手机或平板上打开智试通，扫描左侧二维码。", "Open Zhishi on the phone and scan the code.")}</li>
            <li>
              {tr(
                "用前置摄像头环拍面试房间一圈，您本人要在镜头内。",
                "With the front camera, pan around the room once, with you in the picture.",
              )}
            </li>
            <li>
              {tr(
                "把手机固定在您侧后方 45 度，一直拍到面试结束，不要中断。",
                "Fix the phone at 45° behind your side and let it film until the end.",
              )}
            </li>
          </ol>
          {typed && (
            <dl class="typed" aria-live="polite">
              <dt>{tr("不能扫码时，在手机浏览器打开", "If scanning fails, open on the phone")}</dt>
              <dd>{page.url === "" ? tr("正在获取", "fetching") : page.url}</dd>
              <dt>{tr("再输入绑定码", "and type this code")}</dt>
              <dd class="num code">{page.code === "" ? tr("正在获取", "fetching") : page.code}</dd>
            </dl>
          )}
          <Say tone={tone}>{tr(zh, en)}</Say>
          {page.waived && (
            <Say tone="info">
              {tr("技术服务人员已允许您先进入、后补绑。", "Support lets you enter first and bind later.")}
            </Say>
          )}
        </section>
      </div>
    </Frame>
  );
}
