/** One track's picture, kept to the reviewer's clock: it follows, it never leads. */
import Hls from "hls.js/light";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Deck } from "./deck";
import { Feeder } from "./feeder";
import { indexAt, mediaAt } from "./pieces";
import type { LaneBody } from "./wire";

const SEEK_S = 0.4; // further away than this: jump
const NEAR_S = 0.03; // nearer than this: leave it alone
const EVERY_MS = 100;
const HOLE_S = 0.5; // between two clips of one recording: stepped over
const LAST_S = 0.02; // before the end of what is loaded there is a picture

interface Props {
  lane: LaneBody;
  name: string;
  deck: Deck;
  /** Changes whenever the clock was moved, started or stopped. */
  turn: number;
  muted: boolean;
  hear: (() => void) | null;
  hearWords: string;
  missing: (reason: string) => string;
}

/** What plays the track: both know which pieces cannot be played. */
interface Source {
  want: (index: number) => void;
  damaged: (index: number) => boolean;
  /** All there is of this piece has been loaded. */
  whole: (index: number) => boolean;
  destroy: () => void;
}

export function Lane({ lane, name, deck, turn, muted, hear, hearWords, missing }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const source = useRef<Source | null>(null);
  const follow = useRef<() => void>(() => undefined);
  const [note, setNote] = useState("");
  useEffect(() => {
    const shown = video.current;
    if (shown === null) return;
    const at = deck.at();
    const told = () => follow.current();
    const made =
      lane.playlist === ""
        ? new Feeder(shown, lane.pieces, Math.max(0, indexAt(lane.pieces, at)), told)
        : playlist(shown, lane, mediaAt(lane, at) ?? 0, told);
    source.current = made;
    for (const event of ["loadeddata", "seeked", "canplay"]) shown.addEventListener(event, told);
    return () => {
      for (const event of ["loadeddata", "seeked", "canplay"]) shown.removeEventListener(event, told);
      source.current = null;
      deck.wait(lane.track, false);
      made.destroy();
    };
  }, [lane.playlist, lane.pieces, deck]);
  follow.current = () => {
    const [shown, plays] = [video.current, source.current];
    if (shown === null || plays === null) return;
    const at = deck.at();
    const index = indexAt(lane.pieces, at);
    const piece = lane.pieces[index];
    plays.want(index);
    if (piece === undefined || piece.gap || plays.damaged(index)) {
      shown.pause();
      deck.wait(lane.track, false);
      setNote(missing(piece === undefined ? "" : piece.gap ? piece.reason : "unreadable"));
      return;
    }
    setNote("");
    const whole = plays.whole(index);
    keepTo(shown, (piece.media_ms + at - piece.start_ms) / 1000, deck, whole);
    const empty = shown.seeking || shown.readyState < HTMLMediaElement.HAVE_CURRENT_DATA;
    deck.wait(lane.track, empty || (starved(shown) && !whole));
  };
  useEffect(() => {
    follow.current();
    const timer = window.setInterval(() => follow.current(), EVERY_MS);
    return () => window.clearInterval(timer);
  }, [lane, turn]);
  return (
    <figure class="picture">
      <figcaption>
        <span>{name}</span>
        {hear !== null && (
          <button type="button" class="btn quiet hear" aria-pressed={!muted} onClick={hear}>
            {hearWords}
          </button>
        )}
      </figcaption>
      <div class="pic">
        <video ref={video} muted={muted} playsInline aria-label={name} data-track={lane.track} />
        {note !== "" && <p class="note">{note}</p>}
      </div>
    </figure>
  );
}

/** Bring the picture to `wanted` (seconds) and let it run as the clock runs. `whole`: no more will come of this piece. */
function keepTo(shown: HTMLVideoElement, wanted: number, deck: Deck, whole: boolean): void {
  if (shown.readyState === HTMLMediaElement.HAVE_NOTHING) return;
  const there = nearest(shown, wanted, whole);
  const off = shown.currentTime - there;
  const runs = deck.playing && !deck.held();
  const stuck = starved(shown) && nearest(shown, shown.currentTime + 0.01, false) > shown.currentTime + 0.011;
  if (stuck || (Math.abs(off) > (runs ? SEEK_S : NEAR_S) && (!shown.seeking || Math.abs(off) > SEEK_S))) {
    shown.currentTime = stuck ? nearest(shown, shown.currentTime + 0.01, false) : there;
  }
  const nudge = Math.abs(off) < NEAR_S ? 1 : 1 - Math.sign(off) * Math.min(0.2, Math.abs(off));
  const rate = Math.max(0.25, deck.speed * nudge);
  if (Math.abs(shown.playbackRate - rate) > 0.005) shown.playbackRate = rate;
  if (runs && shown.paused) void shown.play().catch(() => undefined);
  if (!runs && !shown.paused) shown.pause();
}

/** `wanted` where it is loaded; else just behind a small hole that lies there, or the last picture before a `whole` one. */
function nearest(shown: HTMLVideoElement, wanted: number, whole: boolean): number {
  const ranges = shown.buffered;
  let before = -1;
  for (let n = 0; n < ranges.length; n += 1) {
    const [start, end] = [ranges.start(n), ranges.end(n)];
    if (start <= wanted && wanted < end) return wanted;
    if (start > wanted) {
      if (start - wanted < HOLE_S) return start + 0.001;
      break;
    }
    before = end;
  }
  return whole && before >= 0 ? before - LAST_S : wanted;
}

/** It plays and has nothing to go on with. */
const starved = (shown: HTMLVideoElement) =>
  !shown.paused && shown.readyState < HTMLMediaElement.HAVE_FUTURE_DATA && !shown.ended;

function playlist(shown: HTMLVideoElement, lane: LaneBody, at: number, told: () => void): Source {
  const bad = new Set<number>();
  let healed = -1;
  const hls = new Hls({
    enableWorker: false,
    maxBufferLength: 20,
    backBufferLength: 20,
    startPosition: at,
    fragLoadPolicy: {
      default: {
        maxTimeToFirstByteMs: 9000,
        maxLoadTimeMs: 60_000,
        timeoutRetry: { maxNumRetry: 2, retryDelayMs: 0, maxRetryDelayMs: 0 },
        errorRetry: { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 1000 },
      },
    },
  });
  hls.loadSource(lane.playlist);
  hls.attachMedia(shown);
  /** The piece that holds this second of the playlist. */
  const pieceOf = (second: number) =>
    lane.pieces.findIndex(
      (one) => !one.gap && one.media_ms / 1000 <= second + 0.001 && second < (one.media_ms + one.duration_ms) / 1000,
    );
  hls.on(Hls.Events.ERROR, (_, why) => {
    if (!why.fatal) return;
    const index = pieceOf(why.frag?.start ?? shown.currentTime);
    if (why.type === Hls.ErrorTypes.MEDIA_ERROR && healed !== index) {
      healed = index; // once for each piece: the decoder begins anew
      hls.recoverMediaError();
      return;
    }
    if (index >= 0) bad.add(index);
    const after = lane.pieces.find((one, n) => n > index && !one.gap);
    if (why.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
    if (after !== undefined) hls.startLoad(after.media_ms / 1000);
    told();
  });
  return {
    want: () => undefined,
    damaged: (index) => bad.has(index),
    whole: () => false,
    destroy: () => hls.destroy(),
  };
}
