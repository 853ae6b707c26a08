/** Small pieces that every page is made of. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useApp } from "./app";
import type { DeviceEntry, ErrorBody, Order } from "./pagestate";

interface ButtonProps {
  children: ComponentChildren;
  /** What it orders; or `press` for what stays on the page. */
  order?: Order;
  press?: () => void;
  tone?: "act" | "quiet" | "end";
  /** Cannot be used now: it stays in the tab order and points at the line that says why (id). */
  off?: boolean;
  why?: string | undefined;
  submit?: string;
  pressed?: boolean;
  /** Has the focus when a dialog opens: the answer that does no harm. */
  first?: boolean;
}

export function Button({ children, order, press, tone = "quiet", off = false, why, submit, pressed, first }: ButtonProps) {
  const { act } = useApp();
  const [busy, setBusy] = useState(false);
  const go = async () => {
    if (off || busy) return;
    press?.();
    if (order === undefined) return;
    setBusy(true);
    await act(order);
    setBusy(false);
  };
  return (
    <button
      type={submit === undefined ? "button" : "submit"}
      form={submit}
      class={`btn ${tone}`}
      aria-disabled={off || busy ? "true" : undefined}
      aria-describedby={off ? why : undefined}
      aria-pressed={pressed}
      autofocus={first}
      onClick={(event) => {
        if (off) event.preventDefault();
        if (submit === undefined) void go();
      }}
    >
      {children}
    </button>
  );
}

/** A calm line: info, warn, ok or bad; the sign beside the colour is for those who see no colour. */
export function Say({ tone, children, live = true }: { tone: Tone; children: ComponentChildren; live?: boolean }) {
  return (
    <div class={`say ${tone}`} role={live ? "status" : undefined}>
      <span class="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div>{children}</div>
    </div>
  );
}
export type Tone = "info" | "warn" | "ok" | "bad";
const SIGNS: Record<Tone, string> = { info: "i", warn: "!", ok: "✓", bad: "×" };

/** What happened, what to do, whom to call. With `dismiss`: an order was refused, which nothing repeats by itself. */
export function Failure({ error, dismiss }: { error: ErrorBody; dismiss?: () => void }) {
  const { tr, state } = useApp();
  const end = state.page.kind === "end" ? state.page : state.upload;
  const code = end?.support_code ?? "";
  return (
    <div class="say bad failure" role="alert">
      <span class="sign" aria-hidden="true">
        ×
      </span>
      <div>
        <b>{tr(error.message_zh, error.message_en)}</b>
        <p>{tr(error.hint_zh, error.hint_en)}</p>
        <p class="small">
          {error.retryable && dismiss === undefined && <>{tr("程序会自动重试", "Tried again by itself")} · </>}
          {state.top.hotline !== "" && (
            <>
              {tr("技术服务电话", "Support")} <span class="num">{state.top.hotline}</span> ·{" "}
            </>
          )}
          {code !== "" && (
            <>
              {tr("服务码", "Support code")} <span class="num">{code}</span> ·{" "}
            </>
          )}
          {tr("错误代码", "Error code")} {error.code}
        </p>
      </div>
      {dismiss !== undefined && <Button press={dismiss}>{tr("知道了", "Dismiss")}</Button>}
    </div>
  );
}

/** The recorder's own picture; asked for again when it breaks off. */
export function Preview({ on, label }: { on: boolean; label?: string }) {
  const { tr } = useApp();
  const [turn, setTurn] = useState(0);
  const image = useRef<HTMLImageElement>(null);
  const timer = useRef(0);
  useEffect(() => {
    const shown = image.current;
    return () => {
      window.clearTimeout(timer.current);
      shown?.removeAttribute("src"); // else the stream stays open
    };
  }, [on, turn]);
  return (
    <div class="pic">
      {on ? (
        <img
          key={turn}
          ref={image}
          src={`/api/preview.mjpeg?turn=${turn}`}
          alt={label ?? tr("您的实时画面", "Your live picture")}
          onError={() => {
            timer.current = window.setTimeout(() => setTurn((n) => n + 1), 1000);
          }}
        />
      ) : (
        <span>{tr("暂无摄像头画面", "No camera picture yet")}</span>
      )}
    </div>
  );
}

const QUIETEST_DB = -60;

/** Sound level; RMS below full scale in dB. */
export function Level({ db }: { db: number | null }) {
  const { tr } = useApp();
  const share = db === null ? 0 : Math.min(1, Math.max(0, 1 - db / QUIETEST_DB));
  const words = db === null ? tr("没有声音", "no sound") : share > 0.1 ? tr("有声音", "sound") : tr("很安静", "quiet");
  return (
    <div
      class="level"
      role="meter"
      aria-label={tr("麦克风音量", "Microphone level")}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={words}
    >
      <i style={{ width: `${share * 100}%` }} />
    </div>
  );
}

export type Kind = "camera" | "microphone" | "screen";
const KINDS: Record<Kind, [zh: string, en: string]> = {
  camera: ["摄像头", "Camera"],
  microphone: ["麦克风", "Microphone"],
  screen: ["屏幕", "Screen"],
};

/** One list of devices; a click switches. */
export function DeviceList({ kind, devices, chosen }: { kind: Kind; devices: DeviceEntry[]; chosen: string | null }) {
  const { tr, act } = useApp();
  const name = useId();
  const [wanted, setWanted] = useState<string | null>(null); // shown at once; from the answer on, what the program knows
  useEffect(() => setWanted(null), [chosen]);
  const found = devices.filter((device) => device.kind === kind);
  const choose = (id: string) => {
    setWanted(id);
    void act({ action: "choose", [kind]: id }).then((taken) => {
      if (!taken) setWanted(null);
    });
  };
  return (
    <fieldset class="choices">
      <legend>{tr(...KINDS[kind])}</legend>
      {found.length === 0 && <p class="small">{tr("没有找到", "None found")}</p>}
      {found.map((device) => (
        <label key={device.id} class={device.usable ? "" : "off"}>
          <input
            type="radio"
            name={name}
            checked={device.id === (wanted ?? chosen)}
            disabled={!device.usable}
            onChange={() => choose(device.id)}
          />
          <span>
            {device.name}
            {!device.usable && <small>{device.why_not === "" ? tr("现在不能使用", "Not usable now") : device.why_not}</small>}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** Inline SVG from our own server, shown as an image so that nothing in it can run. */
export function Qr({ svg, label }: { svg: string; label: string }) {
  // inline SVG may leave its namespace out, an image may not
  const whole = svg.includes("xmlns=") ? svg : svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"');
  return <img class="qr" alt={label} src={`data:image/svg+xml;charset=utf-8,${encodeURIComponent(whole)}`} />;
}
