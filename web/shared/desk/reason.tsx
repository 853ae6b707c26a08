/** A dialog that says what an act does and asks why; nothing is done without a reason, unless it needs none. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { Dialog } from "../dialog";
import { useDesk } from "./context";

interface Props {
  title: string;
  /** What the button says. */
  act: string;
  /** What happens then. */
  children: ComponentChildren;
  label?: string | undefined;
  /** It may be left empty. */
  optional?: boolean;
  go: (reason: string) => Promise<unknown>;
  leave: () => void;
}

export function ReasonDialog({ title, act, children, label, optional = false, go, leave }: Props) {
  const { tr } = useDesk();
  const id = useId();
  const [reason, setReason] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (busy || (!optional && reason.trim() === "")) return;
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
          <button type="submit" class="btn act" aria-disabled={busy ? "true" : undefined}>
            {act}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
