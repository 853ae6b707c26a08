/** What should be right at the center before the day: plain facts, each with what to do. */
import { useCallback, useEffect, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import { clock } from "../../shared/time";
import { worded } from "../../shared/words";
import type { Section } from "../section";
import type { FactBody, PreflightBody } from "../wire";

export const preflight: Section = { id: "preflight", group: "center", title: ["平台自检", "Preflight"], Show };

const factName = worded({
  disk: ["磁盘", "Disk"],
  certificate: ["https 证书", "Certificate"],
  clock: ["系统时间", "Clock"],
  backup: ["备份", "Backup"],
  faces: ["人脸模型", "Face models"],
  questions: ["试题", "Questions"],
  accounts: ["工作人员账号", "Accounts of staff"],
  files: ["连接数上限", "Open files"],
});
const VERDICTS: Record<FactBody["verdict"], readonly [sign: string, zh: string, en: string]> = {
  pass: ["✓", "正常", "Fine"],
  warn: ["!", "注意", "Watch"],
  fail: ["×", "不合格", "Wrong"],
  unknown: ["?", "未知", "Not known"],
};

function Show() {
  const { tr, ask } = useDesk();
  const [body, setBody] = useState<PreflightBody | null>(null);
  const [busy, setBusy] = useState(false);
  const look = useCallback(async () => {
    setBusy(true);
    const found = await ask<PreflightBody>("/administration/preflight");
    if (found !== null) setBody(found);
    setBusy(false);
  }, []);
  useEffect(() => void look(), [look]);
  const wrong = body?.facts.filter((one) => one.verdict === "fail").length ?? 0;
  const watch = body?.facts.filter((one) => one.verdict === "warn").length ?? 0;
  return (
    <>
      <div class="row">
        <p role="status">
          {body === null
            ? tr("正在检查", "Being looked at")
            : wrong + watch === 0
              ? tr("全部正常。", "Everything is fine.")
              : tr(`${wrong} 项不合格，${watch} 项需要注意。`, `${wrong} wrong, ${watch} to watch.`)}
          {body !== null && (
            <small class="num">
              {" "}
              {tr("检查于", "looked at")} {clock(body.center_ms)}
            </small>
          )}
        </p>
        <span class="grow" />
        <button type="button" class="btn quiet" aria-disabled={busy ? "true" : undefined} onClick={() => !busy && void look()}>
          {tr("重新检查", "Look again")}
        </button>
      </div>
      {body !== null && (
        <div class="wide">
          <table class="list">
            <thead>
              <tr>
                <th scope="col">{tr("结果", "Verdict")}</th>
                <th scope="col">{tr("项目", "What")}</th>
                <th scope="col">{tr("情况", "What is so")}</th>
                <th scope="col">{tr("怎样处理", "What to do")}</th>
              </tr>
            </thead>
            <tbody>
              {body.facts.map((one) => {
                const [sign, zh, en] = VERDICTS[one.verdict];
                return (
                  <tr key={one.id}>
                    <td>
                      <b class={`verdict ${one.verdict}`}>
                        <span aria-hidden="true">{sign}</span> {tr(zh, en)}
                      </b>
                    </td>
                    <th scope="row">{factName(one.id, tr)}</th>
                    <td>{tr(one.told.zh, one.told.en)}</td>
                    <td>{one.remedy.zh === "" ? "—" : tr(one.remedy.zh, one.remedy.en)}</td>
                  </tr>
                );
              })}
            </tbody>
          </table>
        </div>
      )}
      <p class="small">
        {tr("在服务器上也可运行：", "Also on the server: ")}
        <code>zhishi center preflight</code>
      </p>
    </>
  );
}
