/** One track's picture, kept to the reviewer's clock: what stands there is shown, and what is missing is said. */
import { useEffect, useRef, useState } from "preact/hooks";
import { Clips } from "./clips";
import type { Deck } from "./deck";
import type { Projector } from "./keeping";
import { standAt } from "./pieces";
import { Playlist } from "./playlist";
import type { LaneBody } from "./wire";

const EVERY_MS = 100;

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

export function Lane({ lane, name, deck, turn, muted, hear, hearWords, missing }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const projector = useRef<Projector | null>(null);
  const follow = useRef<() => void>(() => undefined);
  const edge = useRef(0);
  const [note, setNote] = useState("");
  useEffect(() => {
    if (place.current === null) return;
    const told = () => follow.current();
    const [first] = standAt(lane.pieces, deck.at());
    const made =
      lane.playlist === ""
        ? new Clips(place.current, lane, first, deck, told)
        : new Playlist(place.current, lane, first, deck, told);
    projector.current = made;
    return () => {
      projector.current = null;
      deck.wait(lane.track, false);
      made.destroy();
    };
  }, [lane.playlist, lane.pieces, deck]);
  useEffect(() => {
    for (const video of projector.current?.videos ?? []) {
      video.muted = muted;
      video.setAttribute("aria-label", name);
    }
  }, [lane.playlist, lane.pieces, deck, muted, name]);
  follow.current = () => {
    const plays = projector.current;
    if (plays === null) return;
    const at = deck.at();
    const [index, into] = standAt(lane.pieces, at);
    const piece = lane.pieces[index];
    const standing = piece === undefined || piece.gap ? "missing" : plays.follow(index, into);
    if (standing === "missing" || standing === "damaged") plays.rest(index);
    deck.wait(lane.track, standing === "waits");
    if (piece === undefined) setNote(missing(""));
    else if (standing === "missing") setNote(missing(piece.reason));
    else setNote(standing === "damaged" ? missing("unreadable") : "");
    window.clearTimeout(edge.current);
    const left = piece === undefined ? EVERY_MS : (piece.start_ms + piece.duration_ms - at) / deck.speed;
    if (deck.playing && left > 0 && left < EVERY_MS) edge.current = window.setTimeout(() => follow.current(), left);
  };
  useEffect(() => {
    follow.current();
    const timer = window.setInterval(() => follow.current(), EVERY_MS);
    return () => {
      window.clearInterval(timer);
      window.clearTimeout(edge.current);
    };
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
        <div class="film" ref={place} />
        {note !== "" && <p class="note">{note}</p>}
      </div>
    </figure>
  );
}
