/** One session: pictures side by side on one clock (center time), the strip under them, notes and proof below. */
import { useCallback, useEffect, useMemo, useRef, useState } from "preact/hooks";
import { dateTime } from "../shared/time";
import { useDesk } from "../shared/desk/context";
import { trackName } from "../shared/words";
import { Deck } from "./deck";
import { Lane } from "./lane";
import { Notes } from "./notes";
import { beside, bounds, sameFootage } from "./pieces";
import { Proof } from "./proof";
import { Scrubber } from "./scrubber";
import type { ReviewBody } from "./wire";
import { chapterName, gapName } from "./words";

const SPEEDS = [0.5, 1, 1.5, 2, 4] as const;
const FRAME_MS = 1000 / 15;
const TICK_MS = 100;
const SOUND = new Set(["camera", "companion"]); // the screen has none

export function Player({ body, leave, again }: { body: ReviewBody; leave: () => void; again: () => void }) {
  const { tr } = useDesk();
  const kept = useRef(body.lanes);
  if (!sameFootage(kept.current, body.lanes)) kept.current = body.lanes;
  const lanes = kept.current;
  const [from, to] = useMemo(() => bounds(lanes), [lanes]);
  const deck = useMemo(() => new Deck(from, to, () => performance.now()), [from, to]);
  const [turn, setTurn] = useState(0);
  const [shown, setShown] = useState(from);
  const [heard, setHeard] = useState(lanes.find((lane) => SOUND.has(lane.track))?.track ?? "");
  const page = useRef<HTMLElement>(null);

  useEffect(() => {
    deck.changed = () => {
      setTurn((n) => n + 1);
      setShown(deck.at());
    };
    const timer = window.setInterval(() => {
      const at = deck.at();
      setShown(at);
      if (deck.playing && at >= to) deck.set({ playing: false });
    }, TICK_MS);
    return () => {
      window.clearInterval(timer);
      deck.changed = () => undefined;
    };
  }, [deck, to]);
  useEffect(() => page.current?.focus({ preventScroll: true }), []);
  const go = useCallback((at: number) => deck.go(at), [deck]);
  const missing = useCallback((reason: string) => gapName(reason, tr) || tr("没有画面", "No picture"), [tr]);
  const toggle = () => deck.set({ playing: !deck.playing });
  const step = (frames: number) => {
    deck.set({ playing: false });
    deck.go(deck.at() + frames * FRAME_MS);
  };
  const speed = (by: number) => {
    const now = SPEEDS.indexOf(deck.speed as (typeof SPEEDS)[number]);
    deck.set({ speed: SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, now + by))] ?? 1 });
  };
  const jump = (moments: number[], forward: boolean) => {
    const found = beside(
      moments.sort((a, b) => a - b),
      deck.at(),
      forward,
    );
    if (found !== null) go(found);
  };
  const toChapter = (forward: boolean) => jump(body.chapters.map((one) => one.at_ms), forward);
  const toIncident = (forward: boolean) =>
    jump(
      [
        ...body.happenings.filter((one) => one.incident).map((one) => one.at_ms),
        ...lanes.flatMap((lane) => lane.pieces.filter((piece) => piece.gap).map((piece) => piece.start_ms)),
      ],
      forward,
    );
  const KEYS: Record<string, () => void> = {
    " ": toggle,
    k: toggle,
    ArrowLeft: () => go(deck.at() - 5000),
    ArrowRight: () => go(deck.at() + 5000),
    ",": () => step(-1),
    ".": () => step(1),
    "[": () => speed(-1),
    "]": () => speed(1),
    p: () => toChapter(false),
    n: () => toChapter(true),
    b: () => toIncident(false),
    e: () => toIncident(true),
    Home: () => go(from),
    End: () => go(to),
    m: () => page.current?.querySelector<HTMLInputElement>(".notes .answer-form input")?.focus(),
  };
  const keys = (event: KeyboardEvent) => {
    const on = event.target;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (on instanceof HTMLTextAreaElement || on instanceof HTMLSelectElement) return;
    if (on instanceof HTMLInputElement && on.type !== "range") return;
    if (event.key === " " && (on instanceof HTMLButtonElement || on instanceof HTMLAnchorElement)) return;
    const does = KEYS[event.key];
    if (does === undefined) return;
    event.preventDefault();
    does();
  };
  const now = body.chapters.filter((one) => one.at_ms <= shown).at(-1);

  return (
    <main class="player" ref={page} tabIndex={-1} onKeyDown={keys}>
      <header>
        <h1>
          <span class="num">{body.alias}</span> <small>{body.batch}</small>
        </h1>
        <span class="grow" />
        <button type="button" class="btn quiet" onClick={leave}>
          {tr("返回列表", "Back to the list")}
        </button>
      </header>
      <div class={`pictures of-${lanes.length}`}>
        {lanes.map((lane) => (
          <Lane
            key={lane.track}
            lane={lane}
            name={trackName(lane.track, tr)}
            deck={deck}
            turn={turn}
            muted={heard !== lane.track}
            hear={SOUND.has(lane.track) ? () => setHeard(heard === lane.track ? "" : lane.track) : null}
            hearWords={tr("声音", "Sound")}
            missing={missing}
          />
        ))}
        {lanes.length === 0 && <p>{tr("还没有收到任何录像", "No footage has arrived yet")}</p>}
      </div>
      <div class="controls">
        <button type="button" class="btn act" onClick={toggle}>
          {deck.playing ? tr("暂停", "Pause") : tr("播放", "Play")}
        </button>
        <button type="button" class="btn quiet" onClick={() => step(-1)}>
          {tr("前一帧", "Frame back")}
        </button>
        <button type="button" class="btn quiet" onClick={() => step(1)}>
          {tr("后一帧", "Frame on")}
        </button>
        <label>
          {tr("速度", "Speed")}{" "}
          <select
            value={String(deck.speed)}
            onChange={(event) => deck.set({ speed: Number(event.currentTarget.value) })}
          >
            {SPEEDS.map((one) => (
              <option key={one} value={String(one)}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <span class="num time">{dateTime(shown)}</span>
        {now !== undefined && <span class="small">{chapterName(now, tr)}</span>}
        <span class="grow" />
        <button type="button" class="btn quiet" onClick={() => toChapter(false)}>
          {tr("上一章", "Chapter back")}
        </button>
        <button type="button" class="btn quiet" onClick={() => toChapter(true)}>
          {tr("下一章", "Next chapter")}
        </button>
        <button type="button" class="btn quiet" onClick={() => toIncident(true)}>
          {tr("下一处事件", "Next incident")}
        </button>
      </div>
      <Scrubber body={body} from={from} to={to} at={shown} go={go} />
      <details class="small">
        <summary>{tr("键盘", "Keyboard")}</summary>
        {tr(
          "空格 播放或暂停 · ← → 5 秒 · , . 一帧 · [ ] 速度 · P N 上一章、下一章 · B E 上一处、下一处事件或缺失 · Home End 首尾 · M 做标记",
          "Space plays or pauses · ← → 5 s · , . one frame · [ ] speed · P N chapter before, after · B E incident or gap before, after · Home End · M mark",
        )}
      </details>
      <Notes body={body} happenings={body.happenings} now={shown} go={go} again={again} />
      <Proof body={body} />
    </main>
  );
}
