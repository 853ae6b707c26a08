/** The ledgers of the chosen project: one section each. */
import { useDesk } from "../../shared/desk/context";
import { Ledger } from "../../shared/desk/ledger";
import type { Chosen } from "../../shared/desk/shell";
import type { Pair } from "../../shared/words";
import type { Section } from "../section";

function section(id: string, title: Pair, says: Pair, byNumber = false): Section {
  const Show = ({ project }: Chosen) => {
    const { tr } = useDesk();
    return <Ledger project={project} ledger={id} title={tr(...title)} says={tr(...says)} byNumber={byNumber} />;
  };
  return { id, group: "after", title, Show };
}

export const ledgers: readonly Section[] = [
  section("completion", ["完成台账", "Completion"], ["每名考生的结果：何时确认，按时还是超时。", "How each came out: when it was confirmed, in time or late."]),
  section("absentees", ["缺考", "Absentees"], ["开考后没有进入的考生。登录过或求助过的请先核实。", "Who had not entered. Look closer where somebody logged in or called for help."]),
  section("unfinished", ["未收齐", "Still to upload"], ["面试已结束、数据还没有收齐的考生，按名册的联系电话逐一联系。", "Whose data are not all here; call them by the roster's telephone."]),
  section("incidents", ["事件报告", "Incidents"], ["按考生、网络、系统分类的事件，取自过程记录和如实登记的缺失时段；只说看到了什么，不判断对错。", "What happened, by candidate, network and system, from timelines and declared gaps. It says what was seen, not whose fault it is."]),
  section("consents", ["同意记录", "Consents"], ["考生对人脸处理告知和诚信承诺书的每一次答复。", "Every answer to the notice on faces and to the pledge."], true),
  section("access", ["访问记录", "Access"], ["工作人员看过什么、做过什么、为什么；查看本页也会记入。", "Who of the staff saw or did what, and why; looking here is written down, too."], true),
];
