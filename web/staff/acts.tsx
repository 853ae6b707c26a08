/** What support can do for one candidate: each asks for a reason, and is confirmed in a dialog of its own. */
import { useId, useState } from "preact/hooks";
import { useDesk } from "../shared/desk/context";
import { Dialog } from "../shared/dialog";
import { clock } from "../shared/time";
import { Faces } from "./faces";
import type { CandidateBody } from "./wire";

type Group = "login" | "time" | "upload" | "phone";

interface Act {
  id: string;
  group: Group;
  name: readonly [zh: string, en: string];
  effect: readonly [zh: string, en: string];
  path: string;
  order: (given: { reason: string; minutes: number }) => object;
  minutes?: boolean;
  /** It answers with a code to read out. */
  code?: boolean;
}

const admit = (...kinds: string[]) => ({
  path: "admit",
  order: ({ reason }: { reason: string }) => ({ kinds, reason }),
});
/** An act that needs nothing but its reason. */
const plain = (path: string) => ({ path, order: ({ reason }: { reason: string }) => ({ reason }) });

const GROUPS: readonly (readonly [Group, zh: string, en: string])[] = [
  ["login", "登录与进入", "Login and entering"],
  ["time", "时间与口令", "Time and codes"],
  ["upload", "上传", "Upload"],
  ["phone", "手机", "Phone"],
];

const ACTS: readonly Act[] = [
  {
    id: "login",
    group: "login",
    name: ["人工登录", "Log in by hand"],
    effect: ["核对本人与证件照片之后，准予一次不看人脸的登录。", "After comparing person and photo: one login without a face."],
    ...admit("login"),
  },
  {
    id: "takeover",
    group: "login",
    name: ["换电脑登录", "Another laptop"],
    effect: ["准予另一台电脑接替登录；原电脑的登录随之失效，上传不受影响。", "Another laptop may take over; the old login ends, its uploads go on."],
    ...admit("takeover"),
  },
  {
    id: "late",
    group: "login",
    name: ["准予迟到进入", "Let in late"],
    effect: ["开考后仍可登录并进入。", "May log in and enter after the start."],
    ...admit("enter_late"),
  },
  {
    id: "reenter",
    group: "login",
    name: ["重新进入", "Re-entry"],
    effect: [
      "考生中途离开（死机、换机）后回来：开考后仍可登录，并可在另一台电脑接替。",
      "For whoever was thrown out and comes back: may log in after the start, on another laptop too.",
    ],
    ...admit("enter_late", "takeover"),
  },
  {
    id: "no_phone",
    group: "phone",
    name: ["先进入后补绑", "Bind the phone later"],
    effect: ["未绑定手机也可进入，之后补绑。", "May enter without the phone and bind it later."],
    ...admit("no_phone"),
  },
  {
    id: "extra",
    group: "time",
    name: ["延长答题", "More time to answer"],
    effect: ["仅延长这名考生的答题时间。", "For this candidate alone."],
    path: "extra-time",
    order: ({ reason, minutes }) => ({ reason, minutes }),
    minutes: true,
  },
  {
    id: "window",
    group: "upload",
    name: ["延长上传时限", "Extend the window"],
    effect: ["仅延长这名考生的上传确认时限。", "For this candidate alone."],
    path: "extend-window",
    order: ({ reason, minutes }) => ({ reason, minutes }),
    minutes: true,
  },
  {
    id: "entry",
    group: "time",
    name: ["读出进入口令", "Entry code"],
    effect: ["考生断网时输入口令进入；平台自此视为已进入。", "For a laptop without network; it counts as entered from now on."],
    ...plain("entry-code"),
    code: true,
  },
  {
    id: "release",
    group: "time",
    name: ["读出放题码", "Release code"],
    effect: ["开考后，断网考生凭此打开试题。每次读出都有记录。", "After the start: opens the questions offline. Every release is logged."],
    ...plain("release"),
    code: true,
  },
  {
    id: "end_login",
    group: "login",
    name: ["结束当前登录", "End the login"],
    effect: ["考生须重新登录；录制与上传不受影响。", "They must log in again; recording and upload go on."],
    ...plain("end-login"),
  },
  {
    id: "send_now",
    group: "upload",
    name: ["请电脑立即上传", "Ask it to send now"],
    effect: [
      "电脑下次联系平台时立即全部重试；考生自己按的暂停随之结束。断网时不起作用。",
      "At its next contact the laptop tries everything again; a pause of the candidate's ends. Without network nothing happens.",
    ],
    ...plain("send-now"),
  },
  {
    id: "unbind_phone",
    group: "phone",
    name: ["换手机（解除绑定）", "Another phone (unbind)"],
    effect: [
      "解除现在的手机，考生在电脑上换一个二维码绑定新手机；已录的佐证仍会等待。",
      "Lets the phone go; the candidate binds another with a new code. What the old one filmed is still waited for.",
    ],
    ...plain("unbind-phone"),
  },
  {
    id: "finish_phone",
    group: "phone",
    name: ["结束手机录制", "Finish the phone"],
    effect: ["面试结束后，忘在原处的手机停止录制并上传已录内容。", "After the end: a forgotten phone stops filming and sends what it has."],
    ...plain("finish-phone"),
  },
  {
    id: "waive_phone",
    group: "phone",
    name: ["不再等待佐证", "Waive the phone"],
    effect: [
      "回执不再等待手机佐证，并写明是谁因何决定；之后收到的仍会校验保存。",
      "The receipt waits no longer and says who decided so and why; what comes later is still verified and kept.",
    ],
    ...plain("waive-phone"),
  },
];

export function Acts({ body, done }: { body: CandidateBody; done: () => void }) {
  const { tr, me } = useDesk();
  const [open, setOpen] = useState<Act | null>(null);
  if (!me.rights.includes("help")) return null;
  return (
    <section>
      <h3>{tr("操作", "Acts")}</h3>
      {GROUPS.map(([group, ...name]) => (
        <div key={group} class="acts" role="group" aria-label={tr(...name)}>
          <small>{tr(...name)}</small>
          {ACTS.filter((act) => act.group === group).map((act) => (
            <button
              key={act.id}
              type="button"
              class={`btn quiet${suggested(act, body) ? " fits" : ""}`}
              onClick={() => setOpen(act)}
            >
              {suggested(act, body) && tr("建议：", "Suggested: ")}
              {tr(...act.name)}
            </button>
          ))}
          {group === "upload" && (
            <a class="btn quiet" href="/rescue" target="_blank" rel="noopener">
              {tr("接收离线数据包", "Take a rescue bundle")}
            </a>
          )}
        </div>
      ))}
      {body.send_now_ms !== null && (
        <p class="small">
          {tr("已请电脑立即上传：", "Asked to send now: ")}
          <span class="num">{clock(body.send_now_ms)}</span>
        </p>
      )}
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
          body={body}
          leave={() => {
            setOpen(null);
            done();
          }}
        />
      )}
    </section>
  );
}

/** Whether the center's verdict names this act. */
const suggested = (act: Act, body: CandidateBody) => act.path === body.row.act || act.id === body.row.act.replace("-", "_");

const PERMISSIONS: Record<string, string> = { login: "login", takeover: "takeover", enter_late: "late", no_phone: "no_phone" };

function Confirm({ act, body, leave }: { act: Act; body: CandidateBody; leave: () => void }) {
  const { tr, ask } = useDesk();
  const id = useId();
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState(5);
  const [code, setCode] = useState("");
  const go = async () => {
    if (reason.trim() === "") return;
    const told = await ask<{ code?: string }>(`/candidates/${body.row.session}/${act.path}`, act.order({ reason: reason.trim(), minutes }));
    if (told === null) leave();
    else if (act.code) setCode(told.code ?? "");
    else leave();
  };
  return (
    <Dialog title={tr(...act.name)} leave={leave}>
      <p>{tr(...act.effect)}</p>
      {act.id === "login" && <Faces body={body} />}
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
