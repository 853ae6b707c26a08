/** What holds for everybody of a project, changed with a reason until its first batch starts. */
import { useId, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import { ReasonDialog } from "../../shared/desk/reason";
import type { Chosen } from "../../shared/desk/shell";
import { Say } from "../../shared/parts";
import { dateTime } from "../../shared/time";
import { pathOf, useProject } from "../project";
import type { Section } from "../section";
import type { PoliciesBody } from "../wire";

export const policies: Section = { id: "policies", group: "before", title: ["项目规则", "Policies"], Show };

const DAY_MS = 86_400_000;

function Show({ project }: Chosen) {
  const { view, again } = useProject(project);
  if (view === null) return <p aria-busy="true">…</p>;
  return (
    <>
      <Fields key={JSON.stringify(view.policies)} project={project} now={view.policies} again={again} />
      <Kept now={view.policies} />
    </>
  );
}

function Fields({ project, now, again }: { project: string; now: PoliciesBody; again: () => void }) {
  const { tr, act } = useDesk();
  const id = useId();
  const [hotline, setHotline] = useState(now.hotline);
  const [minutes, setMinutes] = useState(now.window_ms / 60_000);
  const [companion, setCompanion] = useState(now.companion_required);
  const [name, setName] = useState(now.show_name);
  const [asking, setAsking] = useState(false);
  const right = hotline.trim() !== "" && Number.isInteger(minutes) && minutes >= 1 && minutes <= 1440;
  const changed =
    hotline.trim() !== now.hotline ||
    minutes !== now.window_ms / 60_000 ||
    companion !== now.companion_required ||
    name !== now.show_name;
  const off = !now.editable || !right || !changed;
  const fixed = { disabled: !now.editable };
  return (
    <>
    <form
      class="card stack policies"
      onSubmit={(event) => {
        event.preventDefault();
        if (!off) setAsking(true);
      }}
    >
      {!now.editable && (
        <Say tone="info">
          {tr(now.why_not.zh, now.why_not.en)}
          {tr("。个别考生可由技术服务人员单独处理。", ". Support can still help a single candidate.")}
        </Say>
      )}
      <label for={`${id}h`}>{tr("技术服务电话", "Hotline")}</label>
      <input id={`${id}h`} {...fixed} maxLength={60} required value={hotline} onInput={(event) => setHotline(event.currentTarget.value)} />
      <label for={`${id}w`}>{tr("上传确认时限（分钟）", "Window to have everything confirmed (minutes)")}</label>
      <input
        id={`${id}w`}
        {...fixed}
        type="number"
        min={1}
        max={1440}
        required
        value={minutes}
        onInput={(event) => setMinutes(event.currentTarget.valueAsNumber)}
      />
      <label class="tick">
        <input type="checkbox" {...fixed} checked={companion} onChange={(event) => setCompanion(event.currentTarget.checked)} />
        {tr("必须绑定手机佐证", "A phone must be bound")}
      </label>
      <label class="tick">
        <input type="checkbox" {...fixed} checked={name} onChange={(event) => setName(event.currentTarget.checked)} />
        {tr("答题界面显示姓名", "The name is shown while answering")}
      </label>
      <div class="choice">
        <button type="submit" class="btn act" aria-disabled={off ? "true" : undefined}>
          {tr("保存", "Save")}
        </button>
      </div>
    </form>
      {asking && (
        <ReasonDialog
          title={tr("更改项目规则", "Change the policies")}
          effect={tr("本项目全部考生适用；考生端在下一次连接平台时得知。", "For everybody of this project; laptops learn of it at their next contact.")}
          go={(reason) =>
            act(`${pathOf(project)}/policies`, {
              hotline: hotline.trim(),
              window_minutes: minutes,
              companion_required: companion,
              show_name: name,
              reason,
            })
          }
          leave={() => {
            setAsking(false);
            again();
          }}
        />
      )}
    </>
  );
}

function Kept({ now }: { now: PoliciesBody }) {
  const { tr } = useDesk();
  return (
    <dl class="card facts">
      <dt>{tr("成绩公布", "Results")}</dt>
      <dd>
        {now.results_published_ms === null
          ? tr("尚未公布：考生设备上的副本不会删除", "not published: devices keep their copies")
          : tr(
              `已于 ${dateTime(now.results_published_ms)} 公布：设备可删除回执覆盖的副本`,
              `published ${dateTime(now.results_published_ms)}: devices may delete what a receipt covers`,
            )}
      </dd>
      {now.rehearsal_keep_ms !== null && (
        <>
          <dt>{tr("平台保留", "Kept at the center")}</dt>
          <dd>
            {tr(
              `模拟测试结束 ${Math.round(now.rehearsal_keep_ms / DAY_MS)} 天后全部删除`,
              `everything of a rehearsal is deleted ${Math.round(now.rehearsal_keep_ms / DAY_MS)} days after it`,
            )}
          </dd>
        </>
      )}
    </dl>
  );
}
