/** What support does once the interviews are over: who still has to upload, and closing with declared loss. */
import { useState } from "preact/hooks";
import { Closures } from "../shared/desk/closures";
import { useDesk } from "../shared/desk/context";
import { Ledger } from "../shared/desk/ledger";

export function AfterDay({ project }: { project: string }) {
  const { tr, me } = useDesk();
  const [open, setOpen] = useState(false);
  return (
    <details class="card after" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{tr("面试之后：未收齐名单、缺考、缺失说明结案", "After the interview: still to upload, absentees, closing with loss")}</summary>
      {open && (
        <div>
          <h2>{tr("未收齐", "Still to upload")}</h2>
          <Ledger
            project={project}
            ledger="unfinished"
            title={tr("未收齐", "Still to upload")}
            says={tr("面试已结束、数据还没有收齐的考生，按名册的联系电话逐一联系。", "Whose data are not all here; call them by the roster's telephone.")}
          />
          <h2>{tr("缺考", "Absentees")}</h2>
          <Ledger project={project} ledger="absentees" title={tr("缺考", "Absentees")} says={tr("开考后没有进入的考生。", "Who had not entered.")} />
          {me.rights.includes("close") && (
            <>
              <h2>{tr("缺失说明结案", "Closing with declared loss")}</h2>
              <Closures project={project} />
            </>
          )}
        </div>
      )}
    </details>
  );
}
