/** One track's picture, kept to the reviewer's clock: it follows, it never leads. */
import Hls from "hls.js/light";
import { useEffect, useRef, useState } from "preact/hooks";
import { mediaAt, pieceAt } from "./pieces";
import type { LaneBody } from "./wire";

const SEEK_S = 0.4; // further away than this: jump
const NEAR_S = 0.04; // nearer than this: leave it alone
const EVERY_MS = 100;

interface Props {
  lane: LaneBody;
  name: string;
  /** Center time now; read again and again. */
  clock: () => number;
  playing: boolean;
  speed: number;
  muted: boolean;
  missing: (reason: string) => string;
}

export function Lane({ lane, name, clock, playing, speed, muted, missing }: Props) {
  const video = useRef<HTMLVideoElement>(null);
  const [note, setNote] = useState("");
  useEffect(() => {
    const shown = video.current;
    if (shown === null || lane.playlist === "") return;
    const hls = new Hls({ enableWorker: false, maxBufferLength: 20, backBufferLength: 20 });
    hls.loadSource(lane.playlist);
    hls.attachMedia(shown);
    hls.on(Hls.Events.ERROR, (_, why) => {
      if (why.fatal && why.type === Hls.ErrorTypes.MEDIA_ERROR) hls.recoverMediaError();
      else if (why.fatal) setNote(missing("unreadable"));
    });
    return () => hls.destroy();
  }, [lane.playlist]);
  useEffect(() => {
    const shown = video.current;
    if (shown === null) return;
    const follow = () => {
      const at = clock();
      const piece = pieceAt(lane, at);
      if (piece === null || piece.gap) {
        shown.pause();
        setNote(missing(piece?.reason ?? ""));
        return;
      }
      setNote("");
      let wanted = mediaAt(lane, at) as number;
      if (piece.file !== "") {
        // a phone's piece is a whole file with a clock of its own
        if (!shown.src.endsWith(piece.file)) shown.src = piece.file;
        wanted = (at - piece.start_ms) / 1000;
      }
      if (shown.readyState === 0) return;
      const off = shown.currentTime - wanted;
      if (Math.abs(off) > SEEK_S) shown.currentTime = wanted;
      shown.playbackRate = Math.abs(off) < NEAR_S ? speed : Math.max(0.25, speed * (1 - Math.sign(off) * 0.1));
      if (!playing && Math.abs(off) > NEAR_S) shown.currentTime = wanted;
      if (playing && shown.paused) void shown.play().catch(() => undefined);
      if (!playing && !shown.paused) shown.pause();
    };
    follow();
    const timer = window.setInterval(follow, EVERY_MS);
    return () => window.clearInterval(timer);
  }, [lane, clock, playing, speed, missing]);
  return (
    <figure class="picture">
      <figcaption>{name}</figcaption>
      <div class="pic">
        <video ref={video} muted={muted} playsInline aria-label={name} data-track={lane.track} />
        {note !== "" && <p class="note">{note}</p>}
      </div>
    </figure>
  );
}
