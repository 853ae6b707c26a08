/** 环拍: the guided 360° pan; recording runs already. */
import { useEffect, useRef, useState } from "preact/hooks";
import { FilmTrouble } from "./film";
import { useShown } from "./context";
import { Pan, type PanState, followHeading } from "./pan";
import { Picture, Press, Title } from "./parts";

const LOOK_MS = 200;

export function PanPage() {
  const { phone, seen, tr } = useShown();
  const pan = useRef(new Pan(performance.now()));
  const [at, setAt] = useState<PanState>(() => pan.current.state(performance.now()));
  const filming = seen.film === "filming";
  useEffect(() => {
    if (!filming) return; // what is not filmed is no pan: it begins anew with the next run
    pan.current = new Pan(performance.now());
    const leave = followHeading((heading) => pan.current.turn(heading, performance.now()));
    const timer = window.setInterval(() => setAt(pan.current.state(performance.now())), LOOK_MS);
    return () => {
      window.clearInterval(timer);
      leave();
    };
  }, [filming]);
  const percent = Math.round(at.progress * 100);
  return (
    <>
      <Title>{tr("环拍房间一圈", "Pan round the room")}</Title>
      <Picture>
        <Ring progress={at.progress} />
      </Picture>
      <FilmTrouble />
      <p class="big" role="status">
        {at.done
          ? tr("环拍完成", "The pan is complete")
          : at.fast
            ? tr("请转慢一点", "Turn more slowly")
            : tr("慢慢原地转一整圈，人留在画面里", "Turn slowly all the way round; stay in the picture")}
      </p>
      <progress max={100} value={percent} aria-label={tr("环拍进度", "Progress of the pan")} />
      <p class="small">
        {at.by === "time"
          ? tr("本机不提供方向，请用约 30 秒转完一圈。", "This phone tells no direction: take about 30 seconds for the circle.")
          : `${percent}%`}
      </p>
      <div class="foot">
        <Press tone="act" off={!at.done} press={() => void phone.panDone()}>
          {at.done ? tr("下一步：放置手机", "Next: place the phone") : tr("环拍完成后继续", "Goes on after the pan")}
        </Press>
      </div>
    </>
  );
}

/** How far round, drawn over the picture. */
function Ring({ progress }: { progress: number }) {
  const round = 2 * Math.PI * 44;
  return (
    <svg class="ring" viewBox="0 0 100 100" aria-hidden="true">
      <circle cx="50" cy="50" r="44" />
      <circle class="done" cx="50" cy="50" r="44" stroke-dasharray={`${round * progress} ${round}`} />
    </svg>
  );
}
