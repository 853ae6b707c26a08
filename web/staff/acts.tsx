/** What support can do for one candidate: each asks for a reason, and is confirmed in a dialog of its own. */
import { useId, useState } from "preact/hooks";
import { Dialog } from "../shared/dialog";
import { useDesk } from "../shared/desk/context";
import type { CandidateBody } from "./wire";

interface Act {
  id: string;
  name: readonly [zh: string, en: string];
  effect: readonly [zh: string, en: string];
  path: string;
  order: (given: { reason: string; minutes: number }) => object;
  minutes?: boolean;
  /** It answers with a code to read out. */
  code?: boolean;
}

const admit = (kind: string) => ({
  path: "admit",
  order: ({ reason }: { reason: string }) => ({ kinds: [kind], reason }),
});

const ACTS: readonly Act[] = [
  {
    id: "login",
    name: ["人工登录", "Log in by hand"],
    effect: ["核对本人与证件照片之后，准予一次不看人脸的登录。", "After comparing person and photo: one login without a face."],
    ...admit("login"),
  },
  {
    id: "takeover",
    name: ["换设备登录", "Another laptop"],
    effect: ["准予另一台电脑接替登录；原电脑的登录随之失效，上传不受影响。", "Another laptop may take over; the old login ends, its uploads go on."],
    ...admit("takeover"),
  },
  {
    id: "late",
    name: ["准予迟到进入", "Let in late"],
    effect: ["开考后仍可登录并进入。", "May log in and enter after the start."],
    ...admit("enter_late"),
  },
  {
    id: "no_phone",
    name: ["先进入后补绑", "Bind the phone later"],
    effect: ["未绑定手机也可进入，之后补绑。", "May enter without the phone and bind it later."],
    ...admit("no_phone"),
  },
  {
    id: "extra",
    name: ["延长答题", "More time to answer"],
    effect: ["仅延长这名考生的答题时间。", "For this candidate alone."],
    path: "extra-time",
    order: ({ reason, minutes }) => ({ reason, minutes }),
    minutes: true,
  },
  {
    id: "window",
    name: ["延长上传时限", "Extend the window"],
    effect: ["仅延长这名考生的上传确认时限。", "For this candidate alone."],
    path: "extend-window",
    order: ({ reason, minutes }) => ({ reason, minutes }),
    minutes: true,
  },
  {
    id: "entry",
    name: ["读出进入口令", "Entry code"],
    effect: ["考生断网时输入口令进入；平台自此视为已进入。", "For a laptop without network; it counts as entered from now on."],
    path: "entry-code",
    order: ({ reason }) => ({ reason }),
    code: true,
  },
  {
    id: "release",
    name: ["读出放题码", "Release code"],
    effect: ["开考后，断网考生凭此打开试题。每次读出都有记录。", "After the start: opens the questions offline. Every release is logged."],
    path: "release",
    order: ({ reason }) => ({ reason }),
    code: true,
  },
  {
    id: "end_login",
    name: ["结束当前登录", "End the login"],
    effect: ["考生须重新登录；录制与上传不受影响。", "They must log in again; recording and upload go on."],
    path: "end-login",
    order: ({ reason }) => ({ reason }),
  },
];

export function Acts({ body, done }: { body: CandidateBody; done: () => void }) {
  const { tr, me } = useDesk();
  const [open, setOpen] = useState<Act | null>(null);
  if (!me.rights.includes("help")) return null;
  return (
    <section>
      <h3>{tr("操作", "Acts")}</h3>
      <div class="acts">
        {ACTS.map((act) => (
          <button key={act.id} type="button" class="btn quiet" onClick={() => setOpen(act)}>
            {tr(...act.name)}
          </button>
        ))}
      </div>
      {body.permissions.length > 0 && (
        <p class="small">
          {tr("已准予：", "Allowed: ")}
          {body.permissions
            .map((kind) => ACTS.find((act) => act.id === PERMISSIONS[kind])?.name)
            .map((name) => (name === undefined ? "" : tr(...name)))
            .join(tr("、", ", "))}
        </p>
      )}
      {open !== null && (
        <Confirm
          act={open}
          session={body.row.session}
          leave={() => {
            setOpen(null);
            done();
          }}
        />
      )}
    </section>
  );
}

const PERMISSIONS: Record<string, string> = { login: "login", takeover: "takeover", enter_late: "late", no_phone: "no_phone" };

function Confirm({ act, session, leave }: { act: Act; session: string; leave: () => void }) {
  const { tr, ask } = useDesk();
  const id = useId();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(5);
  const [code, setCode] = useState("");
  const go = async () => {
    if (reason.trim() === "") return;
    const told = await ask<{ code?: string }>(`/candidates/${session}/${act.path}`, act.order({ reason: reason.trim(), minutes }));
    if (told === null) leave();
    else if (act.code) setCode(told.code ?? "");
    else leave();
  };
  return (
    <Dialog title={tr(...act.name)} leave={leave}>
      <p>{tr(...act.effect)}</p>
      {code !== "" ? (
        <>
          <p class="code num">{code}</p>
          <div class="choice">
            <button type="button" class="btn act" onClick={leave}>
              {tr("已读出", "Read out")}
            </button>
          </div>
        </>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          {act.minutes && (
            <>
              <label for={`${id}m`}>{tr("分钟", "Minutes")}</label>
              <input
                id={`${id}m`}
                type="number"
                min={1}
                max={240}
                value={minutes}
                onInput={(event) => setMinutes(event.currentTarget.valueAsNumber || 1)}
              />
            </>
          )}
          <label for={`${id}r`}>{tr("原因（记入审计）", "Reason (kept in the audit log)")}</label>
          <textarea
            id={`${id}r`}
            rows={2}
            required
            maxLength={500}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <div class="choice">
            <button type="button" class="btn quiet" onClick={leave}>
              {tr("取消", "Cancel")}
            </button>
            <button type="submit" class="btn act">
              {tr("确认", "Confirm")}
            </button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
