/** One page for each thing that stands in the way of filming: what it is, and what to do. */
import type { Hurdle } from "./capture";
import { type Tr, useShown } from "./context";
import { Press, Say, Title } from "./parts";

interface Words {
  title: string;
  why: string;
  steps: string[];
}

export function wordsOf(hurdle: Hurdle, tr: Tr): Words {
  switch (hurdle) {
    case "insecure":
      return {
        title: tr("这个地址不能使用摄像头", "No camera at this address"),
        why: tr(
          "手机浏览器只在安全连接（https）下开放摄像头，当前地址不是安全连接。",
          "Phones open the camera only over a secure connection (https), and this address is not one.",
        ),
        steps: [
          tr("请重新扫描电脑上【智试通二维码】中的二维码。", "Scan the QR code on the laptop again."),
          tr("仍然如此，请告诉技术服务人员：手机地址不是 https。", "If it stays so, tell support: the phone's address is not https."),
        ],
      };
    case "in_app":
      return {
        title: tr("请用手机浏览器打开", "Open this in your phone's browser"),
        why: tr(
          "当前页面在微信等软件内打开，这里不能使用摄像头。",
          "This page was opened inside another app, which gives no camera to it.",
        ),
        steps: [
          tr("点右上角的“…”，选择“在浏览器打开”。", "Tap “…” at the top right and choose “Open in browser”."),
          tr("或者：用手机自带相机或浏览器扫描电脑上的二维码。", "Or scan the laptop's QR code with the phone's own camera."),
        ],
      };
    case "no_recorder":
      return {
        title: tr("这个浏览器不能录像", "This browser cannot record"),
        why: tr("浏览器版本太旧，没有录像功能。", "It is too old and has no recording."),
        steps: [
          tr("苹果手机：系统升级到 iOS 14.3 或更新，用 Safari 打开。", "iPhone: iOS 14.3 or newer, in Safari."),
          tr("安卓手机：升级或安装 Chrome、Edge 浏览器，再扫一次码。", "Android: update or install Chrome or Edge and scan again."),
          tr("或者换一部手机。", "Or take another phone."),
        ],
      };
    case "no_storage":
      return {
        title: tr("这个浏览器不能保存录像", "This browser cannot keep the recording"),
        why: tr("无痕（隐私）模式不保存数据，录像可能丢失。", "Private mode keeps nothing: the recording could be lost."),
        steps: [tr("请退出无痕模式，再扫描一次电脑上的二维码。", "Leave private mode and scan the laptop's QR code again.")],
      };
    case "denied":
      return {
        title: tr("没有摄像头或麦克风权限", "Camera or microphone not allowed"),
        why: tr("您或系统拒绝了权限，没有权限就不能拍摄。", "You or the system refused. Without it nothing can be filmed."),
        steps: [
          tr("点地址栏左侧的图标，把“摄像头”和“麦克风”改为允许。", "Tap the sign left of the address and allow camera and microphone."),
          tr("苹果手机：设置 → Safari 浏览器 → 摄像头、麦克风 → 允许。", "iPhone: Settings → Safari → Camera, Microphone → Allow."),
          tr("然后按下面的按钮。", "Then press the button below."),
        ],
      };
    case "no_camera":
      return {
        title: tr("没有找到摄像头", "No camera found"),
        why: tr("这台设备没有可用的摄像头或麦克风。", "This device has no camera or microphone to use."),
        steps: [tr("请换一部有前置摄像头的手机或平板。", "Take a phone or tablet with a front camera.")],
      };
    case "busy":
      return {
        title: tr("摄像头正被占用", "The camera is in use"),
        why: tr("另一个软件正在使用摄像头或麦克风（例如通话、录像）。", "Another app uses it, a call for instance."),
        steps: [
          tr("关闭其他正在使用摄像头的软件，挂断通话。", "Close the other app; end the call."),
          tr("然后按下面的按钮。", "Then press the button below."),
        ],
      };
    case "elsewhere":
      return {
        title: tr("智试通已在另一个页面打开", "Already open in another tab"),
        why: tr("同一部手机只能有一个页面拍摄。", "Only one page of this phone may film."),
        steps: [
          tr("请回到原来的页面；找不到时关闭浏览器所有页面，再扫一次码。", "Go back to that page; if you cannot find it close all tabs and scan again."),
        ],
      };
  }
}

export function HurdlePage({ hurdle }: { hurdle: Hurdle }) {
  const { phone, tr } = useShown();
  const words = wordsOf(hurdle, tr);
  const asks = hurdle === "denied" || hurdle === "busy";
  return (
    <>
      <Title>{words.title}</Title>
      <Say tone="warn">{words.why}</Say>
      <ol class="steps">
        {words.steps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      <div class="foot">
        {asks ? (
          <Press tone="act" press={() => void phone.openPreview()}>
            {tr("再试一次", "Try again")}
          </Press>
        ) : (
          <Press tone="act" press={() => window.location.reload()}>
            {tr("重新打开本页", "Load this page again")}
          </Press>
        )}
      </div>
    </>
  );
}
