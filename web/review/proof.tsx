/** The receipt and the chains, in words; and each track as a file to keep. */
import { bytes, dateTime, span } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { trackName } from "../shared/words";
import type { ChainBody, ReviewBody } from "./wire";
import { assessmentName, companionName } from "./words";

export function Proof({ body }: { body: ReviewBody }) {
  const { tr } = useDesk();
  const { receipt } = body;
  return (
    <section class="card proof">
      <h2>{tr("回执与数据链", "Receipt and chains")}</h2>
      {body.closed && <p>{tr("本场已由两名工作人员以缺失说明结案。", "Two of the staff closed this session with declared loss.")}</p>}
      {receipt === null ? (
        <p>{tr("尚未签发数据接收回执。", "No receipt has been issued yet.")}</p>
      ) : (
        <>
          <p>
            {tr(
              `数据接收回执已于 ${dateTime(receipt.issued_ms)} 签发，${assessmentName(receipt.assessment, tr)}（时限 ${dateTime(receipt.deadline_ms)}）；${companionName(receipt.companion, tr)}。`,
              `The receipt was issued at ${dateTime(receipt.issued_ms)}, ${assessmentName(receipt.assessment, tr)} (until ${dateTime(receipt.deadline_ms)}); ${companionName(receipt.companion, tr)}.`,
            )}
            {receipt.waived_by !== "" && (
              <>
                {" "}
                {receipt.waived_by}：{receipt.waived_for}
              </>
            )}
          </p>
          <p class="small num">
            {tr("回执指纹", "Fingerprint")} {receipt.fingerprint}
          </p>
        </>
      )}
      <ul class="chains">
        {body.chains.map((one, index) => (
          <li key={index} class={one.problem === "" ? "" : "bad"}>
            <span aria-hidden="true">{one.problem === "" ? "✓" : "×"}</span> <Chain chain={one} />
          </li>
        ))}
      </ul>
      {body.chains.length === 0 && <p>{tr("还没有收到任何数据。", "Nothing has arrived yet.")}</p>}
      <h3>{tr("下载", "Download")}</h3>
      <p class="small">
        {tr(
          "每条轨道一个文件，时间从该轨道的第一帧起算，缺失时段留空；每次下载都会记录。",
          "One file for each track; its time begins with its first picture and gaps are left empty. Every download is written down.",
        )}
      </p>
      <ul class="files">
        {body.lanes.flatMap((lane) =>
          lane.files.map((file) => (
            <li key={file.file}>
              <a class="btn quiet" href={file.file} download>
                {trackName(lane.track, tr)}
                {file.number > 0 && ` ${file.number}`} <span class="num">{bytes(file.bytes)}</span>
              </a>
            </li>
          )),
        )}
      </ul>
    </section>
  );
}

function Chain({ chain }: { chain: ChainBody }) {
  const { tr } = useDesk();
  const laptop = tr("电脑", "Laptop");
  const name = chain.device === "phone" ? tr("手机 · 佐证", "Phone") : `${laptop} · ${trackName(chain.track, tr)}`;
  if (chain.problem !== "") {
    return (
      <>
        {tr(`${name}：第 ${chain.links} 环之前有缺口或不衔接（${chain.problem}）`, `${name}: a link is missing or does not follow (${chain.problem})`)}
      </>
    );
  }
  const counted = tr(
    `${name}：${chain.links} 环首尾衔接，${chain.segments} 段共 ${span(chain.duration_ms)}，` +
      (chain.gaps === 0 ? "无缺失时段" : `已申明缺失 ${chain.gaps} 处共 ${span(chain.gap_ms)}`),
    `${name}: ${chain.links} links follow each other, ${chain.segments} segments of ${span(chain.duration_ms)}, ` +
      (chain.gaps === 0 ? "no gaps" : `${chain.gaps} declared gaps of ${span(chain.gap_ms)}`),
  );
  const named = chain.named
    ? tr("，与设备签名清单一致", ", as the device's signed manifest says")
    : tr("，设备尚未交来签名清单", ", no signed manifest names it yet");
  return (
    <>
      {counted}
      {named}
      <span class="num head"> {chain.head}</span>
    </>
  );
}
