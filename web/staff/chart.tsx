/** Backlog and rate of one laptop over time, from the samples of its heartbeats. Draws; owns no rule. */
import { useEffect, useMemo, useRef } from "preact/hooks";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useDesk } from "../shared/desk/context";
import { bytes, clockShort } from "../shared/time";
import { columns } from "./columns";
import type { BacklogPoint } from "./wire";

const HEIGHT = 180;
export const rate = (perSecond: number) => `${((perSecond * 8) / 1e6).toFixed(1)} Mbit/s`;

export function Chart({ points }: { points: readonly BacklogPoint[] }) {
  const { tr } = useDesk();
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const data = useMemo(() => columns(points), [points]);
  const words = [tr("未上传", "Left"), tr("速度", "Rate"), tr("时间", "Time")] as const;
  useEffect(() => {
    const shown = box.current;
    if (shown === null) return;
    const style = getComputedStyle(shown);
    const ink = (name: string) => style.getPropertyValue(name);
    const axis = { stroke: ink("--muted"), grid: { stroke: ink("--line") }, ticks: { stroke: ink("--line") } };
    const drawn = new uPlot(
      {
        width: Math.max(shown.clientWidth, 240),
        height: HEIGHT,
        cursor: { y: false },
        legend: { live: true },
        scales: { x: { time: true }, y: { range: (_plot, _low, high) => [0, Math.max(high, 1)] }, rate: { range: (_plot, _low, high) => [0, Math.max(high, 1)] } },
        axes: [
          { ...axis, values: (_plot, splits) => splits.map((at) => clockShort(at * 1000)) },
          { ...axis, size: 64, values: (_plot, splits) => splits.map((size) => bytes(size)) },
          { ...axis, grid: { show: false }, scale: "rate", side: 1, size: 88, values: (_plot, splits) => splits.map(rate) },
        ],
        series: [
          { label: words[2], value: (_plot, at) => (at === null ? "—" : clockShort(at * 1000)) },
          { label: words[0], stroke: ink("--bad"), width: 2, value: (_plot, size) => (size === null ? "—" : bytes(size)) },
          { label: words[1], scale: "rate", stroke: ink("--act"), width: 2, dash: [6, 4], value: (_plot, speed) => (speed === null ? "—" : rate(speed)) },
        ],
      },
      data,
      shown,
    );
    plot.current = drawn;
    const sized = new ResizeObserver(() => drawn.setSize({ width: Math.max(shown.clientWidth, 240), height: HEIGHT }));
    sized.observe(shown);
    return () => {
      sized.disconnect();
      drawn.destroy();
      plot.current = null;
    };
  }, [words[0]]); // colours and words are read once; the data come below
  useEffect(() => plot.current?.setData(data), [data]);
  const last = points.at(-1);
  if (last === undefined) return <p class="small">{tr("还没有收到电脑的消息", "Nothing was heard of the laptop yet")}</p>;
  const most = points.reduce((found, one) => Math.max(found, one.remaining_bytes), 0);
  const told = tr(
    `未上传 ${bytes(last.remaining_bytes)}（最多时 ${bytes(most)}），速度 ${rate(last.bytes_per_second)}`,
    `${bytes(last.remaining_bytes)} left (at most ${bytes(most)}), at ${rate(last.bytes_per_second)}`,
  );
  return (
    <figure class="chart">
      <div ref={box} aria-hidden="true" />
      <figcaption class="small">{told}</figcaption>
    </figure>
  );
}
