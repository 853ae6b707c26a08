/** Where the phone goes: 45° behind the candidate's side, with a drawing seen from above. */
import { FilmTrouble } from "./film";
import { useShown } from "./context";
import { Picture, Press, Title } from "./parts";

export function Placing() {
  const { phone, tr } = useShown();
  return (
    <>
      <Title>{tr("把手机放在侧后方 45°", "Place the phone 45° behind you")}</Title>
      <div class="two">
        <Drawing />
        <Picture />
      </div>
      <FilmTrouble />
      <ul class="steps">
        <li>{tr("画面里要有：您的侧面、双手、桌面和电脑屏幕。", "In the picture: your side, both hands, the desk, the screen.")}</li>
        <li>{tr("距离约 1.5 米，固定好，接上充电器。", "About 1.5 m away, fixed, on the charger.")}</li>
        <li>{tr("放好后不要再移动，直到面试结束。", "Do not move it again until the end.")}</li>
      </ul>
      <div class="foot">
        <Press press={() => void phone.panAgain()}>{tr("重新环拍", "Pan again")}</Press>
        <Press tone="act" press={() => void phone.placed()}>
          {tr("已放好", "It is in place")}
        </Press>
      </div>
    </>
  );
}

function Drawing() {
  const { tr } = useShown();
  const label = tr(
    "俯视图：考生面向桌上的电脑，手机在考生侧后方 45 度，镜头对着考生和桌面",
    "From above: the candidate faces the laptop on the desk; the phone stands 45 degrees behind the side and looks at both",
  );
  return (
    <svg class="drawing" viewBox="0 0 240 240" role="img" aria-label={label}>
      <path class="view" d="M206 206 L58 150 L118 44 Z" />
      <rect class="desk" x="48" y="40" width="124" height="58" rx="6" />
      <rect class="laptop" x="84" y="50" width="52" height="30" rx="4" />
      <path class="screen" d="M84 50 H136" />
      <rect class="paper" x="142" y="60" width="18" height="26" />
      <ellipse class="body" cx="110" cy="138" rx="34" ry="18" />
      <circle class="head" cx="110" cy="132" r="14" />
      <path class="line" d="M110 132 V224 M110 132 L206 206" />
      <path class="arc" d="M110 182 A50 50 0 0 0 149 163" />
      <text x="124" y="200">45°</text>
      <g transform="rotate(-45 206 206)">
        <rect class="phone" x="194" y="200" width="24" height="12" rx="3" />
      </g>
      <text x="110" y="72" text-anchor="middle">
        {tr("电脑", "laptop")}
      </text>
      <text x="236" y="232" text-anchor="end">
        {tr("手机", "phone")}
      </text>
    </svg>
  );
}
