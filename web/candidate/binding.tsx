/** A3 佐证绑定, and the same in a dialog of every later stage: scan, approve, and how the phone is. */
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import { Dialog } from "../shared/dialog";
import type { Binding, PhoneView } from "../shared/pagestate";
import { Button, Qr, Say, type Tone } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { span, useNow } from "../shared/time";
import { DoorCloses } from "./door";

/** What is said of the phone; [tone, zh, en]. Unknown words of a newer center are shown as they are. */
export const PHONE: Record<string, readonly [Tone, string, string]> = {
  unbound: ["info", "手机尚未绑定", "No phone is bound yet"],
  waiting: ["info", "等待手机扫码", "Waiting for the phone to scan"],
  asking: ["info", "有手机请求绑定，请确认", "A phone asks to be bound; please confirm"],
  bound: ["ok", "手机已绑定，请在手机上开始拍摄", "Bound; start recording on the phone"],
  recording: ["ok", "手机正在拍摄", "The phone is recording"],
  frozen: ["warn", "手机画面不动了，请检查手机", "The phone's picture is frozen; check the phone"],
  black: ["warn", "手机画面全黑，请检查镜头是否被挡住", "The phone's picture is black; see whether its lens is covered"],
  silent: ["warn", "手机没有声音，请检查手机麦克风", "The phone hears nothing; check its microphone"],
  interrupted: ["warn", "手机拍摄被打断，请回到手机上的智试通", "The phone was interrupted; go back to Zhishi on it"],
  lost: [
    "warn",
    "收不到手机的消息：手机仍在拍摄就不用管，否则请打开手机上的智试通",
    "No word from the phone: if it still records, leave it; else open Zhishi on it",
  ],
  uploading: ["info", "手机已停止拍摄，正在上传", "The phone has stopped and is uploading"],
  unknown: ["info", "本机没有网络，暂时看不到手机；拍摄不受影响", "No network here, so the phone cannot be seen; it goes on recording"],
  done: ["ok", "手机佐证视频已上传成功", "The phone's video has arrived"],
};
/** While somebody answers only what needs a hand is said; the rest stands in the corner with the picture. */
const UNWELL = new Set(["frozen", "black", "silent", "interrupted", "lost"]);
const UNBOUND = new Set(["unbound", "waiting", "asking"]);

export function phoneWords(phone: string): readonly [Tone, string, string] {
  return PHONE[phone] ?? ["info", phone, phone];
}

export function BindingPage({ page }: { page: Binding }) {
  const { tr } = useApp();
  const why = useWhy();
  const [typed, setTyped] = useState(false);
  return (
    <Frame
      title={tr("佐证绑定", "Bind the phone")}
      aside={<DoorCloses />}
      why={
        page.asking === null
          ? tr("确认绑定后，会自动进入下一环节。", "You are taken on by itself when the phone is bound.")
          : tr("核对手机上的四位编号，一致再确认。", "Compare the four digits with the phone's, then approve.")
      }
      whyId={why}
      actions={
        <>
          <Button press={() => setTyped(!typed)} pressed={typed}>
            {tr("智试通二维码", "Type a code instead")}
          </Button>
          <Button order={{ action: "rebind" }}>{tr("换一个二维码", "New code")}</Button>
          {page.asking !== null && (
            <Button tone="act" order={{ action: "approve", device: page.asking.device }}>
              {tr("确认绑定", "Approve")}
            </Button>
          )}
        </>
      }
    >
      <div class="two bind">
        <Scan page={page} />
        <section class="card">
          {page.asking === null ? <Steps /> : <Approve phone={page.asking} />}
          {typed && <Typed page={page} />}
          {page.asking === null && <PhoneSays page={page} />}
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

/** In later stages: one quiet line when the phone is missing, unwell or asks; from it a phone can be bound late. */
export function PhoneLine() {
  const { state, tr } = useApp();
  const [open, setOpen] = useState(false);
  const page = state.phone;
  const asked = page?.asking != null;
  useEffect(() => {
    if (asked) setOpen(false); // what was opened to be scanned has been scanned
  }, [asked]);
  if (page === null) return null;
  const [tone, zh, en] = phoneWords(page.phone);
  const missing = page.required && UNBOUND.has(page.phone) && state.stage !== "end";
  const weak = page.bound !== null && (page.bound.low_battery || page.bound.low_storage) && page.phone !== "done";
  if (!open && page.asking === null && !missing && !weak && !UNWELL.has(page.phone)) return null;
  return (
    <>
      {page.asking !== null ? (
        <Say tone="warn">
          {tr(`手机“${page.asking.name}”（${page.asking.tail}）请求绑定`, `The phone “${page.asking.name}” (${page.asking.tail}) asks to be bound`)}
          <span class="pair">
            <Button order={{ action: "unbind", device: page.asking.device }}>{tr("不是我的手机", "Not mine")}</Button>
            <Button order={{ action: "approve", device: page.asking.device }}>{tr("确认绑定", "Approve")}</Button>
          </span>
        </Say>
      ) : (
        <Say tone={missing ? "warn" : weak && tone !== "warn" ? "warn" : tone}>
          {tr(zh, en)}
          {page.bound !== null && <Weak phone={page.bound} />}
          <Button press={() => setOpen(true)}>
            {missing ? tr("绑定手机", "Bind the phone") : tr("重新扫码", "Scan again")}
          </Button>
        </Say>
      )}
      {open && page.asking === null && (
        <Dialog title={tr("佐证绑定", "Bind the phone")} leave={() => setOpen(false)}>
          <Scan page={page} />
          <Typed page={page} />
          <PhoneSays page={page} />
          <div class="choice">
            <Button order={{ action: "rebind" }}>{page.qr_svg === "" ? tr("显示二维码", "Show the code") : tr("换一个二维码", "New code")}</Button>
            <Button tone="act" press={() => setOpen(false)} first>
              {tr("返回", "Back")}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** The QR; where a phone could not use the address, that is said first and the QR only shown when asked for. */
function Scan({ page }: { page: Binding }) {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  const [anyway, setAnyway] = useState(false);
  if (page.asking !== null) {
    return (
      <section class="card scan">
        <div class="pic">{tr("已有手机扫码，请核对后确认", "A phone has scanned the code; check it and approve")}</div>
      </section>
    );
  }
  if (page.trouble !== "" && !anyway) {
    return (
      <section class="card scan">
        <Say tone="warn">
          <b>
            {page.trouble === "loopback"
              ? tr("手机打不开这个地址", "A phone cannot reach this address")
              : tr("手机打开这个地址时用不了摄像头", "At this address a phone gives no camera")}
          </b>
          <p>
            {page.trouble === "loopback"
              ? tr(
                  "考务平台的地址只在本机有效。请联系技术服务人员，换用手机也能打开的 https 地址。",
                  "The center's address works on this computer only. Ask support for an https address that phones reach.",
                )
              : tr(
                  "考务平台的地址不是 https，手机浏览器会拒绝使用摄像头和麦克风。请联系技术服务人员。",
                  "The center's address is not https, so phone browsers refuse camera and microphone. Please call support.",
                )}
          </p>
          <p class="num small address">{page.address}</p>
        </Say>
        <Button press={() => setAnyway(true)}>{tr("仍要显示二维码", "Show the code anyway")}</Button>
      </section>
    );
  }
  return (
    <section class="card scan">
      {page.qr_svg === "" ? (
        <div class="pic">{tr("正在获取二维码，需要网络", "Fetching the code; this needs the network")}</div>
      ) : (
        <Qr svg={page.qr_svg} label={tr("智试通绑定二维码", "QR code that binds the phone")} />
      )}
      {page.expires_ms !== null && page.qr_svg !== "" && (
        <p class="small num">
          {now < page.expires_ms
            ? tr(`${span(page.expires_ms - now)} 内有效，只能绑定一部手机`, `Valid for ${span(page.expires_ms - now)}, for one phone`)
            : tr("已过期，请换一个二维码", "Expired; take a new code")}
        </p>
      )}
    </section>
  );
}

function Steps() {
  const { tr } = useApp();
  return (
    <ol class="steps">
      <li>{tr("用手机相机或浏览器扫描左侧二维码，打开智试通。", "Scan the code with the phone's camera or browser; it opens Zhishi.")}</li>
      <li>{tr("回到电脑，在本页点击【确认绑定】。", "Back on this computer, press Approve.")}</li>
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
  );
}

/** A phone used the code: is it the candidate's own? */
function Approve({ phone }: { phone: PhoneView }) {
  const { tr } = useApp();
  return (
    <div class="approve" role="group" aria-label={tr("确认绑定手机", "Approve the phone")}>
      <h2>{tr("这是您的手机吗？", "Is this your phone?")}</h2>
      <p>
        <b>{phone.name}</b> · {tr("编号末四位", "last digits")} <b class="num">{phone.tail}</b>
      </p>
      <p class="small">
        {tr("手机上显示同样的四位。不一致请拒绝，并换一个二维码。", "The phone shows the same four. If they differ, refuse and take a new code.")}
      </p>
      <div>
        <Button order={{ action: "unbind", device: phone.device }}>{tr("不是我的手机", "Not mine")}</Button>
      </div>
    </div>
  );
}

function Typed({ page }: { page: Binding }) {
  const { tr } = useApp();
  return (
    <dl class="typed" aria-live="polite">
      <dt>{tr("不能扫码时，在手机浏览器打开", "If scanning fails, open on the phone")}</dt>
      <dd>{page.address === "" ? tr("正在获取", "fetching") : page.address}</dd>
      <dt>{tr("再输入绑定码", "and type this code")}</dt>
      <dd class="num code">{page.code === "" ? tr("正在获取", "fetching") : page.code}</dd>
    </dl>
  );
}

function PhoneSays({ page }: { page: Binding }) {
  const { tr } = useApp();
  const [tone, zh, en] = phoneWords(page.phone);
  return (
    <>
      <Say tone={tone}>
        {tr(zh, en)}
        {page.bound !== null && <Weak phone={page.bound} />}
      </Say>
      {page.bound !== null && (
        <p class="small num">
          {page.bound.name} · {page.bound.tail}
          {page.bound.battery !== null && ` · ${tr("电量", "battery")} ${Math.round(page.bound.battery * 100)}%${page.bound.charging ? tr("（充电中）", " (charging)") : ""}`}
          {page.bound.segments > 0 &&
            ` · ${tr(`已上传 ${page.bound.sent_segments} / ${page.bound.segments} 段`, `${page.bound.sent_segments} / ${page.bound.segments} segments sent`)}`}
        </p>
      )}
    </>
  );
}

function Weak({ phone }: { phone: PhoneView }) {
  const { tr } = useApp();
  return (
    <>
      {phone.low_battery && (
        <p>
          {tr(
            `手机电量只剩 ${Math.round((phone.battery ?? 0) * 100)}%，请接上充电器`,
            `The phone has ${Math.round((phone.battery ?? 0) * 100)}% left: plug in its charger`,
          )}
        </p>
      )}
      {phone.low_storage && (
        <p>{tr("手机存储空间不多了，请清理后再继续", "The phone's storage is nearly full: make room on it")}</p>
      )}
    </>
  );
}
