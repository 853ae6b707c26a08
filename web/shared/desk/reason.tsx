/** A dialog that says what an act does and asks why; nothing is done without a reason, unless it needs none. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { useDesk } from "./context";

interface Props {
  title: string;
  /** What the button says; 确认 where nothing is said. */
  act?: string;
  /** What happens then, in one sentence. */
  effect?: string;
  /** What else is said or asked. */
  children?: ComponentChildren;
  /** Whether what is asked is filled in. */
  ready?: boolean;
  label?: string | undefined;
  /** It may be left empty. */
  optional?: boolean;
  go: (reason: string) => Promise<unknown>;
  leave: () => void;
}

export function ReasonDialog({ title, act, effect, children, ready = true, label, optional = false, go, leave }: Props) {
  const { tr } = useDesk();
  const id = useId();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const off = busy || !ready || (!optional && reason.trim() === "");
  const submit = async () => {
    if (off) return;
    setBusy(true);
    await go(reason.trim());
    leave();
  };
  return (
    <Dialog title={title} leave={leave}>
      <form
        class="reason"
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {effect !== undefined && <p>{effect}</p>}
        {children}
        {!optional && (
          <>
            <label for={id}>{label ?? tr("原因（记入审计）", "Reason (kept in the audit log)")}</label>
            <textarea
              id={id}
              rows={2}
              required
              maxLength={500}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          </>
        )}
        <div class="choice">
          <button type="button" class="btn quiet" onClick={leave}>
            {tr("取消", "Cancel")}
          </button>
          <button type="submit" class="btn act" aria-disabled={off ? "true" : undefined}>
            {act ?? tr("确认", "Confirm")}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
