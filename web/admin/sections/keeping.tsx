/** What evidence the center keeps, why, and deleting what is due. Never decides what may go: the center does. */
import { useState } from "preact/hooks";
import type { KeepingBody, KeptBody } from "../../shared/desk/after";
import { useDesk } from "../../shared/desk/context";
import { useLoaded } from "../../shared/desk/loaded";
import { ReasonDialog } from "../../shared/desk/reason";
import type { Chosen } from "../../shared/desk/shell";
import { bytes, dateTime } from "../../shared/time";
import type { Section } from "../section";

export const keeping: Section = { id: "keeping", group: "after", title: ["保存与删除", "Keeping and deleting"], Show };

type Open = { act: "delete" } | { act: "hold" | "lift"; row: KeptBody };

function Show({ project }: Chosen) {
  const { tr, act } = useDesk();
  const at = `/projects/${encodeURIComponent(project)}`;
  const [body, load] = useLoaded<KeepingBody>(`${at}/keeping`);
  const [open, setOpen] = useState<Open | null>(null);
  if (body === null) return <p aria-busy="true">{tr("正在读取…", "Loading…")}</p>;
  const leave = () => {
    setOpen(null);
    load();
  };
  return (
    <>
      <p class="lead" role="status">
        {body.due === 0
          ? tr("现在没有到期可删的录像。", "Nothing is due for deletion now.")
          : tr(`${body.due} 场已到期，共 ${bytes(body.due_bytes)}。`, `${body.due} are due, ${bytes(body.due_bytes)} in all.`)}
      </p>
      <p>
        {tr(
          "只有申诉期和保存期限都已满、已有回执（或已结案、或缺考）、没有未了事项、没有保全的，才会到期。平台不会自己删除；先记入审计，再删除。",
          "Due is only what every rule allows: appeal delay and retention over, a receipt (or closed, or absent), nothing unresolved, no hold. The center deletes nothing by itself; it is written down first.",
        )}
      </p>
      {body.due > 0 && (
        <div>
          <button type="button" class="btn act" onClick={() => setOpen({ act: "delete" })}>
            {tr(`删除到期的 ${body.due} 场…`, `Delete the ${body.due} that are due…`)}
          </button>
        </div>
      )}
      <div class="wide" role="region" aria-label={tr("各场录像", "Evidence by session")} tabIndex={0}>
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{tr("准考证号", "Number")}</th>
              <th scope="col">{tr("场次", "Batch")}</th>
              <th scope="col">{tr("录像", "Evidence")}</th>
              <th scope="col">{tr("为什么保留", "Why it stays")}</th>
              <th scope="col">{tr("到期", "Due")}</th>
              <th scope="col">{tr("保全", "Hold")}</th>
            </tr>
          </thead>
          <tbody>
            {body.sessions.map((row) => (
              <tr key={row.session}>
                <th scope="row" class="num">
                  {row.number}
                </th>
                <td>{row.batch}</td>
                <td class="num">
                  {row.files === 0 ? (row.deleted_ms === null ? "–" : tr("已删除", "Deleted")) : bytes(row.bytes)}
                  {row.files === 0 && row.deleted_ms !== null && <div class="small">{dateTime(row.deleted_ms)}</div>}
                </td>
                <td>
                  {row.stays === "" ? (row.deleted_ms === null ? tr("已到期", "Due") : "–") : tr(row.why.zh, row.why.en)}
                  {row.flags.map((flag) => (
                    <div key={flag.zh} class="small">
                      {tr(flag.zh, flag.en)}
                    </div>
                  ))}
                  {row.held !== null && (
                    <div class="small">
                      {row.held.by}: {row.held.reason}
                    </div>
                  )}
                </td>
                <td class="num">{row.due_ms === null ? "–" : dateTime(row.due_ms)}</td>
                <td>
                  {row.held === null ? (
                    row.deleted_ms === null && (
                      <button type="button" class="btn quiet small" onClick={() => setOpen({ act: "hold", row })} aria-label={tr(`保全 ${row.number}`, `Hold ${row.number}`)}>
                        {tr("保全", "Hold")}
                      </button>
                    )
                  ) : (
                    <button type="button" class="btn quiet small" onClick={() => setOpen({ act: "lift", row })} aria-label={tr(`解除保全 ${row.number}`, `Lift the hold on ${row.number}`)}>
                      {tr("解除", "Lift")}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {open?.act === "delete" && (
        <ReasonDialog
          title={tr(`删除到期的 ${body.due} 场`, `Delete the ${body.due} that are due`)}
          act={tr("永久删除", "Delete for good")}
          go={(reason) => act(`${at}/delete`, { count: body.due, reason })}
          leave={leave}
        >
          <p>
            {tr(
              `将永久删除 ${bytes(body.due_bytes)} 录像，以及报名照片、证件号散列和考生端过程记录；不能恢复。回执、清单、同意记录和审计保留。`,
              `${bytes(body.due_bytes)} of evidence goes for good, with the registered photos, id hashes and the laptops' timelines. Receipts, manifests, consents and the audit stay.`,
            )}
          </p>
        </ReasonDialog>
      )}
      {open !== null && open.act !== "delete" && (
        <ReasonDialog
          title={`${open.act === "hold" ? tr("保全", "Hold") : tr("解除保全", "Lift the hold")} · ${open.row.number}`}
          act={open.act === "hold" ? tr("保全", "Hold") : tr("解除", "Lift")}
          go={(reason) => act(`/sessions/${open.row.session}/${open.act}`, { reason })}
          leave={leave}
        >
          <p>
            {open.act === "hold"
              ? tr("平台、考生电脑和手机上的这份录像都不会删除，直到解除。", "Nothing of it is deleted, here or on its devices, until it is lifted.")
              : tr("恢复按规定保存和删除。", "The usual rules apply again.")}
          </p>
        </ReasonDialog>
      )}
    </>
  );
}
