/** How long the door stays open: shown on the stages before entering. */
import { useApp } from "../shared/app";
import { span, useNow } from "../shared/time";

export function DoorCloses({ at }: { at?: number | null }) {
  const { state, anchor, tr } = useApp();
  const now = useNow(anchor);
  const closes = at ?? state.top.start_ms;
  if (closes === null || now >= closes) return null;
  return (
    <span class="cd">
      <small>{tr("距离入口关闭", "Door closes in")}</small>
      <b class="num">{span(closes - now)}</b>
    </span>
  );
}
