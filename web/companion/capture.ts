/**
 * The phone's camera and microphone: opening them, and which recording format this browser makes.
 *
 * Owns constraints and the names of what can go wrong. Never records.
 */

/** Why there is no picture; each has its page that says what to do. */
export type Hurdle =
  | "insecure" // no secure context: browsers hide the camera
  | "in_app" // a browser inside another app that has no camera
  | "no_recorder"
  | "no_storage"
  | "denied"
  | "no_camera"
  | "busy" // another app holds it
  | "elsewhere"; // open in another tab of this phone

export type Facing = "user" | "environment";

export interface Format {
  mimeType: string;
  webm: boolean;
}

const FORMATS = [
  "video/webm;codecs=vp8,opus", // cheapest to encode on old phones
  "video/webm;codecs=vp9,opus",
  "video/webm",
  "video/mp4;codecs=avc1.42E01E,mp4a.40.2",
  "video/mp4",
];
export const VIDEO_BITS = 600_000;
export const AUDIO_BITS = 32_000;
const WIDTH = 640;
const HEIGHT = 480;
const RATE = 15;

export function format(): Format | null {
  if (typeof MediaRecorder === "undefined") return null;
  const mimeType = FORMATS.find((one) => MediaRecorder.isTypeSupported(one));
  return mimeType === undefined ? null : { mimeType, webm: mimeType.startsWith("video/webm") };
}

/** Names of browsers inside other apps; only a hint for which words to show, never a decision by itself. */
const IN_APP = /MicroMessenger|QQ\/|DingTalk|AlipayClient|Weibo|aweme|FBAN|FBAV|Instagram|Line\//i;

export const inApp = (agent: string = navigator.userAgent): boolean => IN_APP.test(agent);

/** What stands in the way before anything is asked of the person. */
export function hurdleNow(): Hurdle | null {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  const asks = typeof devices?.getUserMedia === "function";
  if (inApp() && (!asks || !window.isSecureContext || format() === null)) return "in_app";
  if (!window.isSecureContext) return "insecure";
  if (!asks) return inApp() ? "in_app" : "no_camera";
  if (format() === null) return "no_recorder";
  if (typeof indexedDB === "undefined") return "no_storage";
  return null;
}

/** Camera and microphone, or the camera alone to scan with. Rejects with what getUserMedia rejects with. */
export function open(facing: Facing, sound: boolean): Promise<MediaStream> {
  return navigator.mediaDevices.getUserMedia({
    video: {
      facingMode: facing,
      width: { ideal: facing === "user" ? WIDTH : 1280 },
      height: { ideal: facing === "user" ? HEIGHT : 720 },
      frameRate: { ideal: facing === "user" ? RATE : 30, max: 30 },
    },
    // what is heard in the room is the evidence: nothing is to be cleaned away
    audio: sound ? { echoCancellation: false, noiseSuppression: false, autoGainControl: true, channelCount: 1 } : false,
  });
}

export function hurdleOf(why: unknown): Hurdle {
  const name = why instanceof Error ? why.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return inApp() ? "in_app" : "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError" || name === "TypeError") return "no_camera";
  return "busy";
}

export function close(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
