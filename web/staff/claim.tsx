/** Who has a request: take it, hand it over to a colleague, give it back. */
import { useEffect, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";

interface Props {
  request: string;
  by: string;
  done?: () => void;
}

const BACK = "\0back";

export function Claim({ request, by, done }: Props) {
  const { tr, me, act, ask } = useDesk();
  const [others, setOthers] = useState<string[]>([]);
  const mine = by === me.name;
  useEffect(() => {
    if (mine) void ask<string[]>("/colleagues").then((found) => setOthers((found ?? []).filter((name) => name !== me.name)));
  }, [mine]); // asked once for each request that is mine
  if (!me.rights.includes("help")) return null;
  const give = (to: string) => void act(`/help/${request}/claim`, { to }).then(done);
  if (!mine) {
    return (
      <button type="button" class="btn quiet" onClick={() => give(me.name)}>
        {by === "" ? tr("认领", "Take it") : tr("接手", "Take over")}
      </button>
    );
  }
  return (
    <select
      class="claim"
      aria-label={tr("转交", "Hand over")}
      value=""
      onChange={(event) => give(event.currentTarget.value === BACK ? "" : event.currentTarget.value)}
    >
      <option value="" disabled>
        {tr("转交给…", "Hand over to…")}
      </option>
      {others.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
      <option value={BACK}>{tr("交回，等人认领", "Give it back")}</option>
    </select>
  );
}
