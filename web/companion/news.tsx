/** What staff tell the candidate, and the release code for a laptop that has no network. */
import { useState } from "preact/hooks";
import { clockShort } from "../shared/time";
import { said, useShown } from "./context";
import { Press } from "./parts";

const SEEN = "zhishi-notice";

/** The newest notice until it was read; set phrases, changes of the schedule and broadcasts alike. */
export function Notices() {
  const { seen, tr } = useShown();
  const [read, setRead] = useState(() => Number(localStorage.getItem(SEEN) ?? "0"));
  const newest = seen.view?.notices.filter((one) => one.id > read).at(-1);
  if (newest === undefined) return null;
  return (
    <section class="notice" role="alert" aria-label={tr("通知", "Notice")}>
      <p class="big">{said(tr, newest.text)}</p>
      <div class="row">
        <small class="num">
          {tr("技术服务人员", "Support")} · {clockShort(newest.at_ms)}
        </small>
        <Press
          press={() => {
            localStorage.setItem(SEEN, String(newest.id));
            setRead(newest.id);
          }}
        >
          {tr("知道了", "I see")}
        </Press>
      </div>
    </section>
  );
}

/** Huge, in groups, for typing into the laptop. The center gives it only when it is needed. */
export function ReleaseCode() {
  const { seen, tr } = useShown();
  const code = seen.view?.release_code ?? null;
  if (code === null) return null;
  return (
    <section class="release" role="alert" aria-label={tr("放题码", "Release code")}>
      <p>{tr("电脑断网时，请在电脑上输入放题码：", "Laptop offline? Type this release code there:")}</p>
      <p class="code-big num">
        {code.split("-").map((group) => (
          <span key={group}>{group}</span>
        ))}
      </p>
    </section>
  );
}
