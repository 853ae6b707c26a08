/**
 * Looks at the stream as it is recorded: a small copy of the picture and the sound's loudest sample, twice a second.
 *
 * Owns the video element that shows the picture (the page puts it where it belongs) and the audio graph. What the looks
 * mean is `wellness`'s.
 */
import { Judge, LOOK_MS, type Wellness } from "./wellness";

const WIDE = 64;
const HIGH = 48;
/** Of a whole picture every so manieth byte is looked at. */
const STEP = 61;

export class Watch {
  readonly video: HTMLVideoElement;
  private readonly canvas: CanvasRenderingContext2D | null;
  private readonly judge = new Judge();
  private audio: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  /** More than what sounds between two looks: a beep must not fall between them. */
  private readonly samples = new Float32Array(32768);
  private room = new Uint8Array(0);
  private timer = 0;
  private stream: MediaStream | null = null;
  state: Wellness = "well";

  constructor(private readonly changed: (state: Wellness) => void) {
    this.video = document.createElement("video");
    this.video.muted = true;
    this.video.playsInline = true;
    this.video.autoplay = true;
    const canvas = document.createElement("canvas");
    canvas.width = WIDE;
    canvas.height = HIGH;
    this.canvas = canvas.getContext("2d", { willReadFrequently: true });
    // after a reload sound may run only once the person touched the page
    document.addEventListener("pointerdown", () => void this.audio?.resume());
  }

  /** Inside something the person did: browsers let sound run only then. */
  unlock(): void {
    this.audio ??= new AudioContext();
    void this.audio.resume();
  }

  get context(): AudioContext | null {
    return this.audio;
  }

  show(stream: MediaStream | null): void {
    this.stream = stream;
    this.video.srcObject = stream;
    window.clearInterval(this.timer);
    this.source?.disconnect();
    this.source = null;
    this.analyser = null;
    this.tell("well");
    if (stream === null) return;
    void this.video.play().catch(() => undefined); // it plays once it is on the page
    this.listen(stream);
    this.judge.reset(performance.now());
    this.timer = window.setInterval(() => void this.look(stream), LOOK_MS);
  }

  private listen(stream: MediaStream): void {
    if (stream.getAudioTracks().length === 0) return;
    this.audio ??= new AudioContext();
    void this.audio.resume();
    this.source = this.audio.createMediaStreamSource(stream);
    this.analyser = this.audio.createAnalyser();
    this.analyser.fftSize = this.samples.length;
    this.source.connect(this.analyser);
  }

  private async look(stream: MediaStream): Promise<void> {
    const picture = document.visibilityState === "visible" ? await this.picture() : null;
    if (this.stream !== stream) return; // another one is looked at by now
    const at = performance.now();
    if (document.visibilityState !== "visible") {
      this.judge.reset(at); // nothing is drawn while nobody looks: it says nothing of the camera
      return;
    }
    if (this.video.paused) void this.video.play().catch(() => undefined);
    const state = this.judge.look({ at, picture, frames: this.frames(), peak: this.peak() });
    this.tell(state);
  }

  private tell(state: Wellness): void {
    if (state === this.state) return;
    this.state = state;
    this.changed(state);
  }

  private frames(): number | null {
    if (typeof this.video.getVideoPlaybackQuality !== "function") return null;
    return this.video.getVideoPlaybackQuality().totalVideoFrames;
  }

  private async picture(): Promise<{ sum: number; luma: number } | null> {
    const track = this.stream?.getVideoTracks()[0];
    if (this.canvas === null || this.video.readyState < 2 || track === undefined || track.muted) return null;
    if ("VideoFrame" in window) return this.frame();
    this.canvas.drawImage(this.video, 0, 0, WIDE, HIGH);
    const drawn = summed(this.canvas.getImageData(0, 0, WIDE, HIGH).data, 1);
    return { sum: drawn.sum, luma: (drawn.luma * 4 - 255) / 3 }; // every fourth byte says that it is opaque
  }

  /**
   * The picture's bytes as the camera gave them, into memory of our own. Drawing it instead makes Chromium keep every
   * picture that was looked at (2.4 MB a second, measured).
   */
  private async frame(): Promise<{ sum: number; luma: number } | null> {
    let frame: VideoFrame | null = null;
    try {
      frame = new VideoFrame(this.video);
      const size = frame.allocationSize();
      if (this.room.byteLength < size) this.room = new Uint8Array(size);
      const [plane] = await frame.copyTo(this.room);
      if (plane === undefined) return null;
      // the first plane of a camera's picture is how bright it is
      const light = plane.stride * frame.codedHeight;
      return summed(this.room.subarray(plane.offset, plane.offset + light), STEP);
    } catch {
      return null;
    } finally {
      frame?.close();
    }
  }

  private peak(): number | null {
    if (this.analyser === null || this.audio?.state !== "running") return null;
    this.analyser.getFloatTimeDomainData(this.samples);
    let peak = 0;
    for (const sample of this.samples) peak = Math.max(peak, Math.abs(sample));
    return peak;
  }
}

/** Over every `step`th byte: a number that changes with the picture, and how bright it is on the whole. */
function summed(bytes: Uint8Array | Uint8ClampedArray, step: number): { sum: number; luma: number } {
  let [sum, light, count] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at += step) {
    const byte = bytes[at] ?? 0;
    sum = (Math.imul(sum, 31) + byte) | 0;
    light += byte;
    count += 1;
  }
  return { sum, luma: count === 0 ? 0 : light / count };
}
