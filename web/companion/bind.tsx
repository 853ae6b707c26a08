/** 佐证绑定 on the phone: scan the laptop's QR code in the page, or type the code. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { type Hurdle, close, hurdleOf, open } from "./capture";
import { useShown } from "./context";
import { wordsOf } from "./hurdles";
import { HomeScreenFirst } from "./lasting";
import { CODE_LETTERS, foreignHost, secretOf, tidyCode } from "./link";
import { Failure, Press, Say, Title } from "./parts";

const LOOK_MS = 150;
const WIDE = 640;

export function Bind() {
  const { phone, seen, tr } = useShown();
  const [scans, setScans] = useState(false);
  const [code, setCode] = useState("");
  const field = useId();
  const letters = code.replace("-", "").length;
  const view = seen.view;
  if (scans) return <Scan leave={() => setScans(false)} />;
  return (
    <>
      <Title>{tr("绑定面试", "Bind to the interview")}</Title>
      {seen.failed !== null && <Failure error={seen.failed} hotline={seen.binding?.hotline ?? ""} />}
      {view?.refused === true && (
        <Say tone="warn">{tr("电脑端没有同意本机，请重新扫码。", "The laptop did not accept this phone. Scan again.")}</Say>
      )}
      {view?.replaced === true && (
        <Say tone="warn">{tr("另一部手机已代替本机。", "Another phone took this one's place.")}</Say>
      )}
      <p>
        {tr(
          "请在电脑“智试云”的【佐证绑定】页面找到二维码。",
          "The QR code is on the laptop, on the page “Companion binding”.",
        )}
      </p>
      <Press tone="act" press={() => setScans(true)}>
        {tr("扫描二维码", "Scan the QR code")}
      </Press>
      <form
        class="code"
        onSubmit={(event) => {
          event.preventDefault();
          if (letters === CODE_LETTERS && !seen.busy) void phone.bind("code", code);
        }}
      >
        <label for={field}>{tr("或输入【智试通二维码】下方的绑定码", "Or type the binding code shown below it")}</label>
        <input
          id={field}
          class="num"
          value={code}
          autocomplete="off"
          autocapitalize="characters"
          spellcheck={false}
          placeholder="ABCD-EFGH"
          onInput={(event) => {
            const tidy = tidyCode(event.currentTarget.value);
            event.currentTarget.value = tidy;
            setCode(tidy);
          }}
        />
        <button type="submit" class="btn quiet" aria-disabled={letters !== CODE_LETTERS || seen.busy ? "true" : undefined}>
          {seen.busy ? tr("正在绑定…", "Binding…") : tr("绑定", "Bind")}
        </button>
      </form>
      <p class="small">
        {tr(
          "绑定后由本机前置摄像头拍摄面试环境。请先接上充电器，打开“勿扰模式”。",
          "After that this phone's front camera films the room. Plug in the charger and turn on Do Not Disturb first.",
        )}
      </p>
      <HomeScreenFirst />
    </>
  );
}

function Scan({ leave }: { leave: () => void }) {
  const { phone, seen, tr } = useShown();
  const place = useRef<HTMLVideoElement>(null);
  const [hurdle, setHurdle] = useState<Hurdle | null>(null);
  const [foreign, setForeign] = useState<string | null>(null);
  const left = useRef(leave);
  left.current = leave;
  useEffect(() => {
    let [ended, stream, timer]: [boolean, MediaStream | null, number] = [false, null, 0];
    const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const run = async () => {
      const camera = open("environment", false);
      const { decoder } = await import("./scan");
      const decode = await decoder();
      stream = await camera;
      const video = place.current;
      if (ended || video === null || canvas === null) return;
      video.srcObject = stream;
      await video.play();
      const look = async () => {
        if (ended) return;
        if (video.videoWidth > 0) {
          canvas.canvas.width = WIDE;
          canvas.canvas.height = Math.round((WIDE * video.videoHeight) / video.videoWidth);
          canvas.drawImage(video, 0, 0, canvas.canvas.width, canvas.canvas.height);
          const found = await decode(canvas.getImageData(0, 0, canvas.canvas.width, canvas.canvas.height));
          for (const text of found) {
            const secret = secretOf(text, window.location.origin);
            if (secret !== null && !ended) {
              ended = true;
              close(stream); // one camera at a time: the front one is wanted next
              left.current();
              void phone.bind("link", secret);
              return;
            }
            setForeign(foreignHost(text, window.location.origin));
          }
        }
        timer = window.setTimeout(() => void look(), LOOK_MS);
      };
      void look();
    };
    run().catch((why: unknown) => setHurdle(hurdleOf(why)));
    return () => {
      ended = true;
      window.clearTimeout(timer);
      close(stream);
    };
  }, [phone]);
  const words = hurdle === null ? null : wordsOf(hurdle, tr);
  return (
    <>
      <Title>{tr("对准电脑上的二维码", "Point at the QR code on the laptop")}</Title>
      {words === null ? (
        <div class="pic aim">
          <video ref={place} muted playsInline aria-label={tr("扫码画面", "Picture for scanning")} />
          <i aria-hidden="true" />
        </div>
      ) : (
        <Say tone="warn" alert>
          <b>{words.title}</b>
          <p>{words.why}</p>
          <p>{tr("也可以返回，输入绑定码。", "You can also go back and type the code.")}</p>
        </Say>
      )}
      {foreign !== null && (
        <Say tone="warn">
          {tr(
            `这个二维码属于另一个地址（${foreign}）。请用手机自带相机扫描它。`,
            `This code belongs to another address (${foreign}). Scan it with the phone's own camera.`,
          )}
        </Say>
      )}
      {seen.failed !== null && <Failure error={seen.failed} hotline="" />}
      <div class="foot">
        <Press press={leave}>{tr("返回，输入绑定码", "Back, type the code")}</Press>
      </div>
    </>
  );
}
