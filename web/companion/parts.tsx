/** Small pieces of the phone's pages. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useShown } from "./context";
import type { ErrorBody } from "./wire";

interface PressProps {
  children: ComponentChildren;
  press: () => void;
  tone?: "act" | "quiet" | "end";
  off?: boolean;
}

export function Press({ children, press, tone = "quiet", off = false }: PressProps) {
  return (
    <button type="button" class={`btn ${tone}`} aria-disabled={off ? "true" : undefined} onClick={() => !off && press()}>
      {children}
    </button>
  );
}

const SIGNS = { info: "i", warn: "!", ok: "✓", bad: "×" };

/** A calm line; the sign beside the colour is for those who see no colour. */
export function Say({ tone, children, alert = false }: { tone: keyof typeof SIGNS; children: ComponentChildren; alert?: boolean }) {
  return (
    <div class={`say ${tone}`} role={alert ? "alert" : "status"}>
      <span class="sign" aria-hidden="true">
        {SIGNS[tone]}
      </span>
      <div>{children}</div>
    </div>
  );
}

/** What happened, what to do, whom to call. */
export function Failure({ error, hotline }: { error: ErrorBody; hotline: string }) {
  const { tr } = useShown();
  return (
    <Say tone="bad" alert>
      <b>{tr(error.message_zh, error.message_en)}</b>
      <p>{tr(error.hint_zh, error.hint_en)}</p>
      <p class="small">
        {hotline !== "" && (
          <>
            {tr("技术服务电话（请用另一部电话拨打）", "Support (call from another phone)")} <span class="num">{hotline}</span> ·{" "}
          </>
        )}
        {tr("错误代码", "Error code")} {error.code}
      </p>
    </Say>
  );
}

/** The picture of this phone's camera, as it is recorded. */
export function Picture({ children }: { children?: ComponentChildren }) {
  const { phone, tr } = useShown();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { video } = phone.watch;
    video.setAttribute("aria-label", tr("本机镜头画面", "This phone's picture"));
    place.current?.prepend(video);
    void video.play().catch(() => undefined);
  });
  return (
    <div class="pic" ref={place}>
      {children}
    </div>
  );
}

/** The heading of a page; it gets the focus when the page comes up, so that it is read aloud. */
export function Title({ children }: { children: ComponentChildren }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  return (
    <h1 ref={head} tabIndex={-1}>
      {children}
    </h1>
  );
}
