/** The words for what only reviewers see: gaps, chapters, verdicts, the receipt. */
import { type Pair, worded } from "../shared/words";
import type { ChapterBody } from "./wire";

type Tr = (zh: string, en: string) => string;

export const VERDICTS: Record<string, Pair> = {
  nothing_found: ["未发现异常", "Nothing found"],
  suspicious: ["存疑", "Suspicious"],
  violation: ["违规", "Violation"],
};
export const verdictName = worded(VERDICTS);

export const gapName = worded({
  recorder_died: ["缺失：录制程序中断", "Gap: the recorder died"],
  ffmpeg_died: ["缺失：录制中断", "Gap: the capture died"],
  stalled: ["缺失：画面停滞", "Gap: the capture stalled"],
  suspended: ["缺失：设备休眠", "Gap: the device slept"],
  clock_stepped: ["缺失：时钟被调整", "Gap: the clock was set"],
  device_lost: ["缺失：设备断开", "Gap: the device was lost"],
  device_switched: ["缺失：切换设备", "Gap: the device was switched"],
  disk_full: ["缺失：存储已满", "Gap: the storage was full"],
  damaged: ["缺失：文件损坏", "Gap: damaged"],
  rebooted: ["缺失：设备重启", "Gap: the device rebooted"],
  late_start: ["缺失：开始较晚", "Gap: began late"],
  no_footage: ["缺失：没有画面", "Gap: never any footage"],
  stopped: ["录制已停止", "Recording had stopped"],
  unreadable: ["这一段无法播放，原文件原样保留", "This stretch cannot be played; its file is kept as it came"],
});

export function chapterName(one: ChapterBody, tr: Tr): string {
  if (one.kind === "question") return tr(`第 ${one.number} 题`, `Q${one.number}`);
  if (one.kind === "start") return tr("开考", "Start");
  if (one.kind === "a4") return tr("展示 A4", "A4 shown");
  return tr("结束", "End");
}

export const assessmentName = worded({
  confirmed: ["按时完成", "in time"],
  confirmed_late: ["超时完成", "late"],
});

export const companionName = worded({
  verified: ["手机佐证已校验", "the phone's evidence is verified"],
  waived: ["手机佐证经批准不再等待", "the phone's evidence was waived"],
  not_required: ["本场不要求手机佐证", "no phone was required"],
});
