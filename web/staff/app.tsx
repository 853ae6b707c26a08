/** The live dashboard, once somebody who may watch is signed in and a project is chosen. */
import { useDesk } from "../shared/desk/context";
import { DeskShell } from "../shared/desk/shell";
import type { Chosen } from "../shared/desk/shell";
import { Board } from "./board";

const TITLE = ["考务平台", "Center"] as const;
const DENIED = ["当前角色没有实时监看页面。", "Your role has no live dashboard."] as const;

export function StaffApp() {
  return (
    <DeskShell title={TITLE} right="watch" denied={DENIED} projects="/projects">
      {(chosen) => (chosen.project === "" ? <Unchosen {...chosen} /> : <Board key={chosen.project} project={chosen.project} />)}
    </DeskShell>
  );
}

function Unchosen({ projects }: Chosen) {
  const { tr } = useDesk();
  return (
    <main class="empty">
      <p>
        {projects.length === 0
          ? tr("还没有面试项目：请先由管理员导入。", "There is no project yet: an administrator imports one first.")
          : tr("请在上方选择面试项目。", "Choose a project above.")}
      </p>
    </main>
  );
}
