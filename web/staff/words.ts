/** The words for what the dashboard names: stages, risks, phones, recorders. One table each. */
import { worded } from "../shared/words";
import type { Pair } from "../shared/words";

const STAGES: Record<string, Pair> = {
  devices: ["设备准备", "Devices"],
  login: ["人脸登录", "Login"],
  binding: ["佐证绑定", "Phone"],
  attachments: ["阅读附件", "Attachments"],
  enter: ["进入考试", "Entering"],
  confirm: ["设备确认", "Confirming"],
  answering: ["开始答题", "Answering"],
  end: ["结束考试", "Ended"],
};
const RISKS: Record<string, Pair> = {
  late: ["已超时", "Late"],
  help: ["求助", "Help"],
  not_recording: ["未录制", "Not recording"],
  at_risk: ["可能超时", "At risk"],
  absent: ["未到", "Not here"],
  offline: ["网络中断", "Offline"],
  phone: ["手机异常", "Phone"],
  watch: ["留意", "Watch"],
  calm: ["正常", "Fine"],
  closed: ["缺失说明结案", "Closed with loss"],
  done: ["上传成功", "Confirmed"],
};
const PHONES: Record<string, Pair> = {
  none: ["未绑定", "None"],
  waiting: ["等待扫码", "Waiting"],
  asking: ["等待确认", "Asks"],
  bound: ["已绑定", "Bound"],
  recording: ["正在录制", "Recording"],
  frozen: ["画面静止", "Frozen"],
  black: ["画面全黑", "Black"],
  silent: ["没有声音", "Silent"],
  interrupted: ["录制中断", "Interrupted"],
  lost: ["失联", "Lost"],
  uploading: ["正在上传", "Uploading"],
  done: ["上传成功", "Done"],
};
const RECORDERS: Record<string, Pair> = {
  off: ["未运行", "Off"],
  idle: ["空闲", "Idle"],
  monitor: ["预览", "Preview"],
  record: ["正在录制", "Recording"],
  stopping: ["正在停止", "Stopping"],
};
const HEALTHS: Record<string, Pair> = {
  starting: ["启动中", "starting"],
  healthy: ["正常", "fine"],
  stalled: ["停滞", "stalled"],
  restarting: ["重启中", "restarting"],
  failed: ["失败", "failed"],
  stopped: ["已停止", "stopped"],
};

export const stageName = worded(STAGES);
export const riskName = worded(RISKS);
export const phoneName = worded(PHONES);
export const recorderName = worded(RECORDERS);
export const healthName = worded(HEALTHS);
