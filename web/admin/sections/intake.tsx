/** Handing in a project folder as a zip: it is checked as a whole, shown, and imported when somebody says so. */
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { useDesk } from "../../shared/desk/context";
import type { Chosen } from "../../shared/desk/shell";
import { Say } from "../../shared/parts";
import { bytes, dateTime } from "../../shared/time";
import { handIn } from "../handin";
import type { Section } from "../section";
import type { FolderBody, IntakeBody, IntakesBody, MistakeBody } from "../wire";

export const intake: Section = { id: "import", group: "center", title: ["导入项目", "Import a project"], Show };

const AGAIN_MS = 1000;
const PATH = "/administration/intakes";

function Show(chosen: Chosen) {
  const { ask } = useDesk();
  const [most, setMost] = useState(0);
  const [shown, setShown] = useState<IntakeBody | null>(null);
  const [share, setShare] = useState<number | null>(null);
  const reload = useRef(chosen.reload);
  reload.current = chosen.reload;

  useEffect(() => {
    void ask<IntakesBody>(PATH).then((found) => {
      if (found === null) return;
      setMost(found.most_bytes);
      setShown(found.newest);
    });
  }, []);
  const working = shown?.step === "checking" || shown?.step === "importing";
  useEffect(() => {
    if (!working || shown === null) return;
    const timer = window.setTimeout(() => {
      void ask<IntakeBody>(`${PATH}/${shown.intake}`).then((found) => {
        if (found !== null) setShown(found);
        if (found?.step === "imported") reload.current();
      });
    }, AGAIN_MS);
    return () => window.clearTimeout(timer);
  });
  return (
    <>
      <Choose most={most} busy={working || share !== null} sending={setShare} sent={setShown} />
      {share !== null && <Sending share={share} />}
      {share === null && shown !== null && <State intake={shown} told={setShown} chosen={chosen} />}
    </>
  );
}

interface ChooseProps {
  most: number;
  busy: boolean;
  sending: (share: number | null) => void;
  sent: (intake: IntakeBody) => void;
}

function Choose({ most, busy, sending, sent }: ChooseProps) {
  const { tr, me, refused } = useDesk();
  const id = useId();
  const [file, setFile] = useState<File | null>(null);
  const large = file !== null && most > 0 && file.size > most;
  const check = async () => {
    if (file === null || large || busy) return;
    sending(0);
    try {
      sent(await handIn<IntakeBody>(PATH, file, me.csrf, sending));
    } catch (why) {
      refused(why);
    } finally {
      sending(null);
    }
  };
  return (
    <form
      class="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
    >
      <p>
        {tr(
          "请把项目文件夹压缩成一个 ZIP 文件再选择。先整体检查并显示结果，由您确认后才导入；只要有一处错误，就什么也不写入。",
          "Compress the project folder to one zip file and choose it. It is checked as a whole first and shown to you; nothing is imported before you say so, and nothing at all while there is a mistake.",
        )}
      </p>
      <label for={id}>
        {tr("项目文件夹（ZIP）", "Project folder (zip)")}
        {most > 0 && <small> {tr(`最大 ${bytes(most)}`, `at most ${bytes(most)}`)}</small>}
      </label>
      <input
        id={id}
        type="file"
        accept=".zip,application/zip"
        onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
      />
      {large && (
        <Say tone="bad">
          {tr(
            `文件有 ${bytes(file.size)}，超过 ${bytes(most)}。请在服务器上运行 zhishi center import。`,
            `The file has ${bytes(file.size)}, more than ${bytes(most)}. Run zhishi center import on the server.`,
          )}
        </Say>
      )}
      <div class="choice">
        <button type="submit" class="btn act" aria-disabled={file === null || large || busy ? "true" : undefined}>
          {tr("检查", "Check")}
        </button>
      </div>
    </form>
  );
}

function Sending({ share }: { share: number }) {
  const { tr } = useDesk();
  const percent = Math.floor(share * 100);
  return (
    <div class="card" role="status">
      <p>{tr(`正在上传 ${percent}%`, `Uploading ${percent} %`)}</p>
      <progress aria-label={tr("上传", "Upload")} max={1} value={share} />
    </div>
  );
}

function State({ intake, told, chosen }: { intake: IntakeBody; told: (intake: IntakeBody) => void; chosen: Chosen }) {
  const { tr } = useDesk();
  switch (intake.step) {
    case "checking":
      return (
        <div class="card" role="status">
          <p>
            {tr("正在检查", "Checking")}
            {intake.photos > 0 && tr(`：照片 ${intake.looked} / ${intake.photos}`, `: photos ${intake.looked} of ${intake.photos}`)}
          </p>
          <progress
            aria-label={tr("检查", "Check")}
            max={Math.max(1, intake.photos)}
            value={Math.min(intake.looked, intake.photos)}
          />
        </div>
      );
    case "importing":
      return (
        <div class="card" role="status">
          <p>{tr("正在导入，请稍候", "Importing; a moment, please")}</p>
          <progress aria-label={tr("导入", "Import")} />
        </div>
      );
    case "refused":
      return <RefusedFolder intake={intake} />;
    case "checked":
      return intake.folder === null ? null : <Checked intake={intake.intake} folder={intake.folder} told={told} />;
    case "imported":
      return intake.folder === null ? null : <Imported folder={intake.folder} chosen={chosen} />;
  }
}

function RefusedFolder({ intake }: { intake: IntakeBody }) {
  const { tr } = useDesk();
  const count = intake.mistakes.length;
  if (count === 0 && intake.error !== null) {
    return (
      <Say tone="bad">
        <b>{tr(intake.error.message_zh, intake.error.message_en)}</b> {tr(intake.error.hint_zh, intake.error.hint_en)}{" "}
        <small>
          {intake.error.code} {intake.error.detail}
        </small>
      </Say>
    );
  }
  return (
    <section class="stack" aria-label={tr("检查结果", "What was found")}>
      <Say tone="bad">
        <b>{tr(`有 ${count} 处错误，没有写入任何内容。`, `${count} mistakes; nothing was written.`)}</b>{" "}
        {tr("请逐条改正，重新压缩后再检查。", "Correct each of them, compress again, and check again.")}
      </Say>
      <Mistakes mistakes={intake.mistakes} />
    </section>
  );
}

function Mistakes({ mistakes }: { mistakes: MistakeBody[] }) {
  const { tr } = useDesk();
  return (
    <div class="wide">
      <table class="list">
        <thead>
          <tr>
            <th scope="col">{tr("文件", "File")}</th>
            <th scope="col">{tr("行", "Line")}</th>
            <th scope="col">{tr("问题", "Mistake")}</th>
            <th scope="col">{tr("怎样改正", "What to do")}</th>
          </tr>
        </thead>
        <tbody>
          {mistakes.map((one, index) => (
            <tr key={index}>
              <th scope="row">{one.file}</th>
              <td class="num">{one.line === 0 ? "—" : one.line}</td>
              <td>{tr(one.what.zh, one.what.en)}</td>
              <td>{tr(one.remedy.zh, one.remedy.en)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Checked({ intake, folder, told }: { intake: string; folder: FolderBody; told: (intake: IntakeBody) => void }) {
  const { tr, ask } = useDesk();
  const id = useId();
  const [reason, setReason] = useState("");
  const begin = () =>
    void ask<IntakeBody>(`${PATH}/${intake}/import`, { reason: reason.trim() }).then((found) => found !== null && told(found));
  return (
    <section class="stack" aria-label={tr("检查结果", "What was found")}>
      <Say tone="ok">
        <b>{tr("没有发现错误，尚未导入。", "No mistakes; nothing is imported yet.")}</b>{" "}
        {folder.new
          ? tr(`将新建项目，共 ${folder.added} 名考生。`, `A new project with ${folder.added} candidates.`)
          : tr(
              `项目已存在：将新增 ${folder.added} 名、更新 ${folder.updated} 名考生。`,
              `The project is known: ${folder.added} candidates are added, ${folder.updated} updated.`,
            )}
      </Say>
      <Summary folder={folder} />
      <form
        class="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          begin();
        }}
      >
        <label for={id}>{tr("备注（记入审计，可不填）", "Remark (kept in the audit, may be empty)")}</label>
        <input id={id} maxLength={500} value={reason} onInput={(event) => setReason(event.currentTarget.value)} />
        <div class="choice">
          <button type="submit" class="btn act">
            {tr("导入", "Import")}
          </button>
        </div>
      </form>
    </section>
  );
}

function Imported({ folder, chosen }: { folder: FolderBody; chosen: Chosen }) {
  const { tr } = useDesk();
  return (
    <section class="stack" aria-label={tr("导入结果", "What was imported")}>
      <Say tone="ok">
        <b>{tr("导入完成。", "Imported.")}</b>{" "}
        {tr(`新增 ${folder.added} 名、更新 ${folder.updated} 名考生。`, `${folder.added} candidates added, ${folder.updated} updated.`)}
        <button type="button" class="btn quiet" onClick={() => chosen.choose(folder.project)}>
          {tr("选择此项目", "Choose this project")}
        </button>
      </Say>
      <Summary folder={folder} />
    </section>
  );
}

function Summary({ folder }: { folder: FolderBody }) {
  const { tr } = useDesk();
  return (
    <>
      <dl class="card facts">
        <dt>{tr("项目", "Project")}</dt>
        <dd>
          {folder.title} <span class="num">{folder.project}</span>
          {folder.practice && tr("（练习）", " (practice)")}
        </dd>
        <dt>{tr("考生", "Candidates")}</dt>
        <dd class="num">{folder.rehearsal ? tr("无名单，任何人可练习", "no roster: anybody may practise") : folder.candidates}</dd>
        <dt>{tr("附件", "Attachments")}</dt>
        <dd>{folder.attachments.join(tr("、", ", ")) || "—"}</dd>
        <dt>{tr("上传时限", "Window")}</dt>
        <dd>
          {folder.window_ms / 60_000} {tr("分钟", "min")}
        </dd>
        <dt>{tr("手机佐证", "Phone")}</dt>
        <dd>{folder.companion_required ? tr("必须绑定", "demanded") : tr("不要求", "not demanded")}</dd>
      </dl>
      <div class="wide">
        <table class="list">
          <thead>
            <tr>
              <th scope="col">{tr("场次", "Batch")}</th>
              <th scope="col">{tr("开考时间", "Start")}</th>
              <th scope="col">{tr("答题分钟", "Minutes")}</th>
              <th scope="col">{tr("考生", "Candidates")}</th>
              <th scope="col">{tr("试题", "Questions")}</th>
            </tr>
          </thead>
          <tbody>
            {folder.batches.map((one) => (
              <tr key={one.name}>
                <th scope="row">{one.name}</th>
                <td class="num">{dateTime(one.start_ms)}</td>
                <td class="num">{one.answer_ms / 60_000}</td>
                <td class="num">{one.candidates}</td>
                <td>
                  {one.question_set}
                  {tr("：", ": ")}
                  {one.questions === null ? tr("尚未提供", "still to come") : tr(`${one.questions} 道`, `${one.questions}`)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {folder.remarks.length > 0 && (
        <Say tone="info">
          <ul class="plain">
            {folder.remarks.map((one) => (
              <li key={one.zh}>{tr(one.zh, one.en)}</li>
            ))}
          </ul>
        </Say>
      )}
    </>
  );
}
