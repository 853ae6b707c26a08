/** A2 人脸登录: project code, consent, who you are, the face; one step after the other. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import type { Login } from "../shared/pagestate";
import { Button, Preview, Say } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { clockShort, span, useNow } from "../shared/time";

export function LoginPage({ page }: { page: Login }) {
  switch (page.step) {
    case "project":
      return <ProjectStep page={page} />;
    case "consent":
      return <ConsentStep page={page} />;
    case "form":
      return <FormStep page={page} />;
    default:
      return <FaceStep page={page} />;
  }
}

/** Why nobody can log in now, with the time left; empty when somebody can. */
function useGate(page: Login): string {
  const { tr, anchor } = useApp();
  const now = useNow(anchor);
  const gate = tr(page.gate_zh, page.gate_en);
  if (gate === "" || page.opens_at_ms === null) return gate;
  const [at, left] = [clockShort(page.opens_at_ms), span(page.opens_at_ms - now)];
  return tr(`${gate}：${at}，还有 ${left}`, `${gate}: ${at}, in ${left}`);
}

function Field({ label, value, set, hint }: { label: string; value: string; set: (v: string) => void; hint?: string }) {
  const id = useId();
  return (
    <p>
      <label for={id}>{label}</label>
      <input
        id={id}
        required
        maxLength={64}
        spellcheck={false}
        autocapitalize="off"
        aria-describedby={hint === undefined ? undefined : `${id}h`}
        value={value}
        onInput={(event) => set(event.currentTarget.value)}
      />
      {hint !== undefined && (
        <small id={`${id}h`} class="small">
          {hint}
        </small>
      )}
    </p>
  );
}

function Fields({ id, send, children }: { id: string; send: () => void; children: ComponentChildren }) {
  return (
    <form
      id={id}
      class="card fields"
      autocomplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {children}
    </form>
  );
}

function ProjectStep({ page }: { page: Login }) {
  const { tr, act } = useApp();
  const form = useId();
  const [project, setProject] = useState(page.project);
  return (
    <Frame
      title={tr("人脸登录", "Face login")}
      actions={
        <Button tone="act" submit={form}>
          {tr("下一步", "Next")}
        </Button>
      }
    >
      <div class="two even">
        <Fields id={form} send={() => void act({ action: "project", project: project.trim() })}>
          <Field
            label={tr("项目代码", "Project code")}
            hint={tr("在准考证或面试通知上", "It is on your admission ticket or notice")}
            value={project}
            set={setProject}
          />
        </Fields>
        <Advice />
      </div>
    </Frame>
  );
}

function Advice() {
  const { tr } = useApp();
  return (
    <section class="card">
      <h2>{tr("识别前请准备好", "Before your face is checked")}</h2>
      <ul class="hints">
        <li>{tr("镜头前只有您一人，光线从正面照来", "Only you before the camera, light from the front")}</li>
        <li>{tr("不戴口罩，露出面部和耳部，妆容不宜夸张", "No mask; face and ears free; no heavy make-up")}</li>
        <li>{tr("关闭滤镜和美颜", "No filter and no beauty effect")}</li>
        <li>{tr("只用一块屏幕、一台电脑登录", "One screen and one computer only")}</li>
      </ul>
    </section>
  );
}

function ConsentStep({ page }: { page: Login }) {
  const { tr } = useApp();
  const { consent } = page;
  const why = useWhy();
  const here = consent.version !== "";
  return (
    <Frame
      title={tr("人脸登录", "Face login")}
      why={
        here
          ? tr("不同意也可以考试，由技术服务人员办理登录。", "Without it support logs you in; you can still sit the interview.")
          : tr("正在获取告知书，需要网络。", "Fetching the notice; this needs the network.")
      }
      whyId={why}
      actions={
        <>
          <Button order={{ action: "login_back" }}>{tr("上一步", "Back")}</Button>
          <Button order={{ action: "consent", version: consent.version, accepted: false }} off={!here} why={why}>
            {tr("不同意", "I do not agree")}
          </Button>
          <Button tone="act" order={{ action: "consent", version: consent.version, accepted: true }} off={!here} why={why}>
            {tr("同意", "I agree")}
          </Button>
        </>
      }
    >
      <section class="card consent">
        <h2>{tr("人脸信息处理告知书", "Notice on face data")}</h2>
        <Paper text={tr(consent.zh, consent.en)} label={tr("告知书全文", "Full text of the notice")} />
      </section>
    </Frame>
  );
}

/** A long text, a paragraph a line; scrolls by keyboard. */
export function Paper({ text, label }: { text: string; label: string }) {
  return (
    <div class="text" tabIndex={0} role="region" aria-label={label}>
      {text.split(/\n+/).map((line, index) => (
        <p key={index}>{line}</p>
      ))}
    </div>
  );
}

function FormStep({ page }: { page: Login }) {
  const { tr, act } = useApp();
  const why = useWhy();
  const form = useId();
  const gate = useGate(page);
  const [number, setNumber] = useState(page.number);
  const [idNumber, setIdNumber] = useState(page.id_number);
  const send = (takeover: boolean) => {
    if (gate !== "") return;
    void act({ action: "login", number: number.trim(), id_number: idNumber.trim(), takeover });
  };
  return (
    <Frame
      title={tr("人脸登录", "Face login")}
      why={gate}
      whyId={why}
      actions={
        <>
          <Button order={{ action: "login_back" }}>{tr("上一步", "Back")}</Button>
          {page.taken && (
            <Button press={() => send(true)} off={gate !== ""} why={why}>
              {tr("换到本机登录", "Log in here instead")}
            </Button>
          )}
          <Button tone="act" submit={form} off={gate !== ""} why={why}>
            {tr("开始人脸识别", "Check my face")}
          </Button>
        </>
      }
    >
      {page.taken && (
        <Say tone="bad">
          <b>{tr("该考生已在另一台电脑登录。", "This candidate is logged in on another computer.")}</b>
          {tr(
            "不得多屏登录。确需更换电脑，请先联系技术服务人员，同意后点击【换到本机登录】。",
            " If you must change computers, ask support first; when they agree, press “Log in here instead”.",
          )}
        </Say>
      )}
      <div class="two even">
        <Fields id={form} send={() => send(false)}>
          <Field label={tr("准考证号", "Admission number")} value={number} set={setNumber} />
          <Field
            label={tr("证件号", "ID number")}
            hint={tr("报名时所用证件的号码，本机不保存", "Of the document you registered with; not kept on this computer")}
            value={idNumber}
            set={setIdNumber}
          />
        </Fields>
        <Advice />
      </div>
    </Frame>
  );
}

const ARROWS: Record<string, string> = { turn_left: "←", turn_right: "→", turn_up: "↑", turn_down: "↓" };

function FaceStep({ page }: { page: Login }) {
  const { tr } = useApp();
  const why = useWhy();
  const support = (
    <Button order={{ action: "support" }} off={page.asked_support} why={why}>
      {tr("请技术服务人员办理", "Ask support to log me in")}
    </Button>
  );
  const told = {
    face: tr("识别通过后，会自动进入下一环节。", "You are taken on by itself when you are recognised."),
    retry:
      page.attempts_left > 0
        ? tr(`还可以再试 ${page.attempts_left} 次。`, `${page.attempts_left} more ${page.attempts_left === 1 ? "try" : "tries"}.`)
        : tr("请由技术服务人员办理登录。", "Please let support log you in."),
    help: page.asked_support
      ? tr("办理后会自动进入下一环节，请不要关闭本页。", "You are taken on by itself; please keep this page open.")
      : tr("技术服务人员会核对您的身份后办理。", "Support will check who you are and log you in."),
    done: "",
  }[page.step as "face" | "retry" | "help" | "done"];
  return (
    <Frame
      title={tr("人脸登录", "Face login")}
      why={told}
      whyId={why}
      actions={
        <>
          {page.step !== "done" && <Button order={{ action: "login_back" }}>{tr("返回", "Back")}</Button>}
          {page.step === "face" && support}
          {page.step === "retry" && page.attempts_left > 0 && (
            <>
              {support}
              <Button tone="act" order={{ action: "login_again" }}>
                {tr("再试一次", "Try again")}
              </Button>
            </>
          )}
          {(page.step === "help" || (page.step === "retry" && page.attempts_left === 0)) && (
            <Button tone="act" order={{ action: "support" }} off={page.asked_support} why={why}>
              {page.asked_support ? tr("正在等待办理", "Waiting for support") : tr("请技术服务人员办理", "Ask support")}
            </Button>
          )}
        </>
      }
    >
      <div class="two face">
        <div class="card">
          <div class="oval">
            <Preview on={page.preview} />
          </div>
        </div>
        <div class="card guide">
          <Guide page={page} />
        </div>
      </div>
    </Frame>
  );
}

function Guide({ page }: { page: Login }) {
  const { tr, state } = useApp();
  const guide = tr(page.guide_zh, page.guide_en);
  if (page.step === "done") return <Say tone="ok">{tr("登录成功。", "Logged in.")}</Say>;
  if (page.step === "help") {
    return (
      <>
        <h2>
          {page.asked_support
            ? tr("已请技术服务人员办理登录", "Support has been asked to log you in")
            : tr("由技术服务人员办理登录", "Support can log you in")}
        </h2>
        {guide !== "" && <p>{guide}</p>}
        {state.top.hotline !== "" && (
          <p>
            {tr("也可以拨打技术服务电话", "You may also phone support:")} <b class="num">{state.top.hotline}</b>
          </p>
        )}
      </>
    );
  }
  return (
    <>
      {page.step === "face" && ARROWS[page.cue] !== undefined && (
        <span class="arrow" aria-hidden="true">
          {ARROWS[page.cue]}
        </span>
      )}
      <p class="order" role="status">
        {guide}
      </p>
      {page.step === "face" && page.of > 0 && (
        <p class="small">
          <progress value={page.done} max={page.of} aria-label={tr("识别进度", "Progress")} />
          <span class="num">
            {tr(`第 ${Math.min(page.done + 1, page.of)} 步，共 ${page.of} 步`, `Step ${Math.min(page.done + 1, page.of)} of ${page.of}`)}
          </span>
        </p>
      )}
      {page.step === "retry" && (
        <p class="small">
          {tr("您可以调整光线和坐姿后再试。", "Adjust light and seat, then try again.")}
        </p>
      )}
    </>
  );
}
