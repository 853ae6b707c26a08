/** Signing in: name, password, one-time code. */
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import type { ErrorBody } from "../pagestate";
import { call, Refusal } from "./link";
import type { Me } from "./wire";

interface Props {
  tr: (zh: string, en: string) => string;
  switcher: ComponentChildren;
  signedIn: (me: Me) => void;
}

export function SignIn({ tr, switcher, signedIn }: Props) {
  const id = useId();
  const [failed, setFailed] = useState<ErrorBody | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (form: HTMLFormElement) => {
    const said = new FormData(form);
    setBusy(true);
    try {
      signedIn(
        await call<Me>("/sign-in", {
          name: said.get("name"),
          password: said.get("password"),
          code: String(said.get("code")).replaceAll(" ", ""),
        }),
      );
    } catch (why) {
      if (!(why instanceof Refusal)) throw why;
      setFailed(why.body);
      form.querySelector<HTMLInputElement>("[name=code]")?.select();
    } finally {
      setBusy(false);
    }
  };
  return (
    <main class="signin">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void submit(event.currentTarget);
        }}
      >
        <h1>{tr("考务平台", "Center")}</h1>
        <p class="small">{tr("工作人员登录", "Staff sign-in")}</p>
        <label for={`${id}n`}>{tr("账号", "Name")}</label>
        <input id={`${id}n`} name="name" autocomplete="username" required maxLength={64} />
        <label for={`${id}p`}>{tr("密码", "Password")}</label>
        <input id={`${id}p`} name="password" type="password" autocomplete="current-password" required maxLength={256} />
        <label for={`${id}c`}>{tr("动态口令（手机上的 6 位数字）", "One-time code (6 digits on your phone)")}</label>
        <input id={`${id}c`} name="code" inputMode="numeric" autocomplete="one-time-code" required minLength={6} maxLength={8} />
        {failed !== null && (
          <p class="say bad" role="alert">
            <span class="sign" aria-hidden="true">
              ×
            </span>
            <span>
              <b>{tr(failed.message_zh, failed.message_en)}</b> {tr(failed.hint_zh, failed.hint_en)}
            </span>
          </p>
        )}
        <div class="choice">
          {switcher}
          <button type="submit" class="btn act" aria-disabled={busy ? "true" : undefined}>
            {tr("登录", "Sign in")}
          </button>
        </div>
      </form>
    </main>
  );
}
