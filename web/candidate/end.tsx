/** A8 结束考试: the upload page, then the receipt. */
import { useApp } from "../shared/app";
import type { End, Receipt } from "../shared/pagestate";
import { Button, Qr, Say } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { Strip } from "../shared/strip";
import { bytes, dateTime, span, useNow } from "../shared/time";
import { phoneWords } from "./binding";
import { CarryDialog } from "./carry";

const VERDICT: Record<string, readonly [string, string]> = {
  on_track: ["正常", "On track"],
  at_risk: ["可能超时", "May be late"],
  late: ["已超时，仍会继续上传，数据有效", "Late; uploading goes on and the data stay valid"],
  confirmed: ["已完成", "Done"],
  confirmed_late: ["超时完成", "Done, late"],
  closed_with_loss: ["缺失说明结案", "Closed with loss"],
};

const FILMING = new Set(["bound", "recording", "frozen", "black", "silent", "interrupted"]);

export function EndPage({ page }: { page: End }) {
  const { tr, state } = useApp();
  const why = useWhy();
  const done = page.receipt?.final === true;
  return (
    <Frame
      title={
        done
          ? tr("上传成功", "Uploaded")
          : page.assessment === "closed_with_loss"
            ? tr("缺失说明结案", "Closed with declared loss")
            : page.receipt !== null
              ? tr("本机数据上传成功", "This computer's data have arrived")
              : tr("面试已结束，正在上传", "The interview is over; uploading")
      }
      why={
        page.may_close
          ? undefined
          : tr("上传成功后才可以关闭。", "This can be closed when the upload has succeeded.")
      }
      whyId={why}
      actions={
        <>
          {page.support_code !== "" && !done && (
            <span class="code-line">
              {tr("服务码", "Support code")} <b class="num">{page.support_code}</b>
            </span>
          )}
          {page.receipt !== null && (
            <>
              <Button order={{ action: "save_receipt" }}>{tr("保存回执", "Save the receipt")}</Button>
              <Button press={() => window.print()}>{tr("打印回执", "Print")}</Button>
            </>
          )}
          {done && <Button order={{ action: "new" }}>{state.top.practice ? tr("结束模拟测试", "End the rehearsal") : tr("进行另一场面试", "Another interview")}</Button>}
          {page.carry.offered && (
            <Button order={{ action: "carry_offer" }}>{tr("离线数据包", "Rescue bundle")}</Button>
          )}
          {!done && <Button order={{ action: "retry" }}>{tr("立即重试", "Try again now")}</Button>}
          <Button tone="act" order={{ action: "close" }} off={!page.may_close} why={why}>
            {tr("完成", "Close")}
          </Button>
        </>
      }
    >
      <p class="lead" role="status">
        {tr(page.said_zh, page.said_en)}
      </p>
      {(page.todo_zh !== "" || page.todo_en !== "") && <Say tone={done ? "info" : "warn"}>{tr(page.todo_zh, page.todo_en)}</Say>}
      {(page.saved !== "" || page.printed !== "") && <Copies page={page} />}
      {page.receipt !== null && <ReceiptPaper receipt={page.receipt} />}
      {state.strip !== null && (
        <section class="card">
          <Strip strip={state.strip} tracks={page.tracks} />
        </section>
      )}
      {!done && <Figures page={page} />}
      {page.carry.offered && page.carry.open && <CarryDialog carry={page.carry} wanted={page.remaining_bytes} />}
    </Frame>
  );
}

/** Where the person's own copies were put; told again after every press. */
function Copies({ page }: { page: End }) {
  const { tr } = useApp();
  return (
    <Say tone="ok">
      {page.saved !== "" && (
        <p class="path">
          {tr("回执已另存一份：", "A copy of the receipt is at ")}
          <b>{page.saved}</b>
        </p>
      )}
      {page.printed !== "" && (
        <p class="path">
          {tr("打印版（PDF）已保存，打开它即可打印：", "The page to print is a PDF; open it to print: ")}
          <b>{page.printed}</b>
        </p>
      )}
    </Say>
  );
}

function Figures({ page }: { page: End }) {
  const { tr, anchor, state } = useApp();
  const now = useNow(anchor);
  const left = page.deadline_ms === null ? page.window_left_ms : page.deadline_ms - now;
  const [tone, zh, en] = page.phone === null ? (["info", "", ""] as const) : phoneWords(page.phone);
  const filming = page.phone !== null && FILMING.has(page.phone);
  const bound = state.phone?.bound ?? null;
  return (
    <div class="three figures-row">
      <section class="card">
        <h2>{tr("上传确认时限（60 分钟）", "Time to confirm (60 minutes)")}</h2>
        <b class="num big">{left === null ? "--:--" : span(left)}</b>
        <p class={page.assessment === "at_risk" || page.assessment === "late" ? "warned" : ""}>
          {tr(...(VERDICT[page.assessment] ?? [page.assessment, page.assessment]))}
          {page.finish_in_ms !== null &&
            tr(`，预计还需 ${span(page.finish_in_ms)}`, `, about ${span(page.finish_in_ms)} to go`)}
        </p>
      </section>
      <section class="card">
        <h2>{tr("还没有上传", "Still to upload")}</h2>
        <b class="num big">{bytes(page.remaining_bytes)}</b>
        <p class="num">
          {page.bytes_per_second > 0
            ? `${((page.bytes_per_second * 8) / 1e6).toFixed(1)} Mbit/s`
            : state.top.network === "offline"
              ? tr("网络中断，联网后自动继续", "No network; goes on by itself when it is back")
              : tr("正在等待考务平台", "Waiting for the center")}
        </p>
      </section>
      {page.phone === null ? (
        <TrackTable page={page} />
      ) : (
        <section class="card">
          <h2>{tr("手机佐证视频", "The phone's video")}</h2>
          <b class={`mid ${tone === "warn" ? "warned" : ""}`}>{tr(zh, en)}</b>
          {filming && <p>{tr("请到手机上按【停止】，停止后自动上传。", "Stop it on the phone; it then uploads by itself.")}</p>}
          {bound !== null && bound.segments > 0 && (
            <p class="num">
              {tr(`已上传 ${bound.sent_segments} / ${bound.segments} 段`, `${bound.sent_segments} / ${bound.segments} segments sent`)}
            </p>
          )}
        </section>
      )}
    </div>
  );
}

function TrackTable({ page }: { page: End }) {
  const { tr } = useApp();
  const sent = page.tracks.reduce((sum, track) => sum + track.sent_segments, 0);
  const verified = page.tracks.reduce((sum, track) => sum + track.verified_segments, 0);
  const all = page.tracks.reduce((sum, track) => sum + track.segments, 0);
  return (
    <section class="card">
      <h2>{tr("考务平台已校验", "Verified by the center")}</h2>
      <b class="num big">
        {verified} / {all} {tr("段", "")}
      </b>
      <p class="num">{tr(`已发送 ${sent} 段`, `${sent} segments sent`)}</p>
    </section>
  );
}

/** Looks like a document and prints as one. */
function ReceiptPaper({ receipt }: { receipt: Receipt }) {
  const { tr } = useApp();
  const short = receipt.fingerprint.slice(0, 32).replace(/(.{4})(?=.)/g, "$1 ");
  const rows: [name: string, value: string, whole?: boolean][] = [
    [tr("面试项目", "Project"), receipt.project],
    [tr("考生编号", "Candidate"), receipt.number],
    [tr("签发时间", "Issued"), dateTime(receipt.issued_ms)],
    [tr("内容", "Contents"), `${receipt.segments} ${tr("段", "segments")} · ${bytes(receipt.bytes)}`],
    [tr("回执指纹", "Fingerprint"), short, true],
    [tr("保存位置", "Kept at"), receipt.path, true],
  ];
  return (
    <article class="receipt" aria-label={tr("数据接收回执", "Receipt")}>
      <div>
        <h2>
          {receipt.final ? tr("数据接收回执", "Receipt") : tr("本机数据接收回执", "Receipt for this computer")}
          {receipt.final && (
            <span class="verdict">✓ {tr(...(VERDICT[receipt.assessment] ?? [receipt.assessment, receipt.assessment]))}</span>
          )}
          {receipt.practice && <span class="tag">{tr("模拟测试", "Rehearsal")}</span>}
        </h2>
        <dl>
          {rows.map(([name, value, whole]) => (
            <div key={name} class={whole ? "whole" : ""}>
              <dt>{name}</dt>
              <dd class="num">{value}</dd>
            </div>
          ))}
        </dl>
        <p class="small">
          {tr("回执由考务平台签名，本机已核对签名。请妥善保存。", "Signed by the center; the signature was checked on this computer. Keep it.")}
          {tr("面试成绩公布之前，不得卸载或删除智试云、智试通及相关文件。", " Do not uninstall or delete Zhishi or its files before results are published.")}
        </p>
      </div>
      <Qr svg={receipt.qr_svg} label={tr("回执二维码", "QR code of the receipt")} />
    </article>
  );
}
