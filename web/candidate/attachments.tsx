/** A4 阅读考试附件: the next unread one is always the primary action, the pledge comes last. */
import { useEffect, useState } from "preact/hooks";
import { useApp } from "../shared/app";
import { Markdown } from "../shared/markdown";
import type { Attachment, Attachments } from "../shared/pagestate";
import { Button, Say } from "../shared/parts";
import { Frame, useWhy } from "../shared/shell";
import { DoorCloses } from "./door";
import { Paper } from "./login";

const PLEDGE = "\u0000pledge";

export function AttachmentsPage({ page }: { page: Attachments }) {
  const { tr, act } = useApp();
  const why = useWhy();
  const unread = page.items.find((item) => !item.read);
  const [picked, setPicked] = useState<string | null>(null);
  const shown = picked ?? unread?.id ?? PLEDGE;
  const item = page.items.find((one) => one.id === shown);
  const next = () => setPicked(null);
  // The first one is opened by the person, as the rules want; what is opened is told to the server.
  const open = (one: Attachment) => {
    setPicked(one.id);
    if (one.url !== null && !one.opened) void act({ action: "open", id: one.id });
  };
  return (
    <Frame
      title={tr("阅读考试附件", "Attachments")}
      aside={<DoorCloses />}
      why={tr(page.why_not_zh, page.why_not_en)}
      whyId={why}
      actions={<Primary page={page} item={item} next={next} open={open} why={why} />}
    >
      <div class="two papers">
        <nav class="card list" aria-label={tr("附件列表", "List of attachments")}>
          <ol class="picks">
            {page.items.map((one) => (
              <li key={one.id}>
                <button type="button" aria-current={one.id === shown ? "true" : undefined} onClick={() => open(one)}>
                  <span lang="zh-CN">{one.title}</span>
                  <small>
                    {one.read
                      ? tr("✓ 已阅", "✓ Read")
                      : one.url === null
                        ? tr("正在下载", "Downloading")
                        : one.opened
                          ? tr("已打开，请确认已阅", "Opened; mark it as read")
                          : tr("未阅读", "Not read yet")}
                  </small>
                </button>
              </li>
            ))}
            <li>
              <button type="button" aria-current={shown === PLEDGE ? "true" : undefined} onClick={() => setPicked(PLEDGE)}>
                <span>{tr("考生诚信承诺书", "Integrity pledge")}</span>
                <small>{page.pledge.accepted ? tr("✓ 已承诺", "✓ Accepted") : tr("未承诺", "Not accepted yet")}</small>
              </button>
            </li>
          </ol>
        </nav>
        <section class="card paper" aria-live="polite">
          {item === undefined ? (
            <>
              <h2>{tr("考生诚信承诺书", "Integrity pledge")}</h2>
              <Paper text={tr(page.pledge.zh, page.pledge.en)} label={tr("承诺书全文", "Full text of the pledge")} />
            </>
          ) : (
            <>
              <h2 lang="zh-CN">{item.title}</h2>
              <Viewer key={item.id} item={item} open={() => open(item)} />
            </>
          )}
        </section>
      </div>
    </Frame>
  );
}

interface PrimaryProps {
  page: Attachments;
  item: Attachment | undefined;
  next: () => void;
  open: (item: Attachment) => void;
  why: string;
}

function Primary({ page, item, next, open, why }: PrimaryProps) {
  const { tr, act } = useApp();
  if (item === undefined) {
    const left = page.items.some((one) => !one.read);
    if (page.pledge.accepted || left) {
      return (
        <Button tone="act" press={next} off={!left} why={why}>
          {left ? tr("去阅读附件", "To the attachments") : tr("已承诺", "Accepted")}
        </Button>
      );
    }
    return (
      <Button tone="act" order={{ action: "pledge", version: page.pledge.version }} off={page.pledge.version === ""} why={why}>
        {tr("我已阅读并郑重承诺", "I have read this and pledge it")}
      </Button>
    );
  }
  if (item.read) {
    return (
      <Button tone="act" press={next}>
        {tr("下一份", "Next one")}
      </Button>
    );
  }
  if (!item.opened) {
    return (
      <Button tone="act" press={() => open(item)} off={item.url === null} why={why}>
        {tr("打开附件", "Open it")}
      </Button>
    );
  }
  return (
    <Button tone="act" press={() => void act({ action: "read", id: item.id }).then((taken) => taken && next())}>
      {tr("已阅", "I have read it")}
    </Button>
  );
}

function Viewer({ item, open }: { item: Attachment; open: () => void }) {
  const { tr } = useApp();
  if (item.url === null) {
    return <p class="text">{tr("正在下载，需要网络；下载后断网也能看。", "Downloading; once here it opens without network too.")}</p>;
  }
  if (!item.opened) {
    return (
      <div class="text unopened">
        <p>{tr("点击文件阅读，读完后点击【已阅】。", "Open the file, read it, then mark it as read.")}</p>
        <Button press={open}>{tr("打开附件", "Open it")}</Button>
      </div>
    );
  }
  if (item.media_type.startsWith("text/")) return <TextFile url={item.url} label={item.title} />;
  if (item.media_type.startsWith("image/")) {
    return (
      <div class="text" tabIndex={0} role="region" aria-label={item.title}>
        <img src={item.url} alt={item.title} />
      </div>
    );
  }
  if (item.media_type === "application/pdf" && !navigator.pdfViewerEnabled) {
    return (
      <Say tone="warn">
        {tr("本窗口不能直接显示 PDF，请另行打开：", "This window shows no PDF; open it apart: ")}
        <a href={item.url} target="_blank" rel="noreferrer">
          {item.title}
        </a>
      </Say>
    );
  }
  // without the viewer's own bar: its buttons to save and to print lead nowhere here
  const src = item.media_type === "application/pdf" ? `${item.url}#toolbar=0&navpanes=0&view=FitH` : item.url;
  return <iframe class="text" src={src} title={item.title} />;
}

function TextFile({ url, label }: { url: string; label: string }) {
  const { tr } = useApp();
  const [text, setText] = useState<string | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const over = new AbortController();
    fetch(url, { signal: over.signal })
      .then(async (answer) => {
        if (!answer.ok) throw new Error(String(answer.status));
        setText(await answer.text());
      })
      .catch(() => {
        if (!over.signal.aborted) setFailed(true);
      });
    return () => over.abort();
  }, [url]);
  if (failed) {
    return <Say tone="bad">{tr("文件没有打开。请再点一次，或点击【求助】。", "It did not open. Try again or call for help.")}</Say>;
  }
  return (
    <div class="text" tabIndex={0} role="region" aria-label={label} lang="zh-CN">
      {text !== null && <Markdown text={text} title={label} />}
    </div>
  );
}
