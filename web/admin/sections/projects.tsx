/** Every project of this center. */
import { useDesk } from "../../shared/desk/context";
import type { Chosen } from "../../shared/desk/shell";
import type { Section } from "../section";

export const projects: Section = { id: "projects", group: "center", title: ["面试项目", "Projects"], Show };

function Show({ project, projects, choose }: Chosen) {
  const { tr } = useDesk();
  if (projects.length === 0) return <p>{tr("还没有面试项目。", "There is no project yet.")}</p>;
  return (
    <div class="wide">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{tr("项目名称", "Title")}</th>
            <th scope="col">{tr("项目代码", "Code")}</th>
            <th scope="col">{tr("考生", "Candidates")}</th>
            <th scope="col">{tr("性质", "Kind")}</th>
          </tr>
        </thead>
        <tbody>
          {projects.map((one) => (
            <tr key={one.project} aria-current={one.project === project ? "true" : undefined}>
              <th scope="row">
                <button type="button" class="link" onClick={() => choose(one.project)}>
                  {one.title}
                </button>
              </th>
              <td class="num">{one.project}</td>
              <td class="num">{one.candidates}</td>
              <td>{one.practice ? tr("练习", "Practice") : tr("正式", "Real")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
