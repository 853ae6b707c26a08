/**
 * Looks at the stream as it is recorded: a small copy of the picture and the sound's loudest sample, twice a second.
 *
 * Owns the video element that shows the picture (the page puts it where it belongs) and the audio graph. What the looks
 * mean is `wellness`'s.
 */
import { Judge, LOOK_MS, type Wellness } from "./wellness";

const WIDE = 64;
const HIGH = 48;

export class Watch {
  readonly video: HTMLVideoElement;
  private readonly canvas: CanvasRenderingContext2D | null;
  private readonly judge = new Judge();
  private audio: AudioContext | null = null;
  private source: MediaStreamAudioSourceNode | null = null;
  private analyser: AnalyserNode | null = null;
  /** More than what sounds between two looks: a beep must not fall between them. */
  private readonly samples = new Float32Array(32768);
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
    this.timer = window.setInterval(() => this.look(), LOOK_MS);
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

  private look(): void {
    const at = performance.now();
    if (document.visibilityState !== "visible") {
      this.judge.reset(at); // nothing is drawn while nobody looks: it says nothing of the camera
      return;
    }
    if (this.video.paused) void this.video.play().catch(() => undefined);
    const state = this.judge.look({ at, picture: this.picture(), frames: this.frames(), peak: this.peak() });
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

  private picture(): { sum: number; luma: number } | null {
    const track = this.stream?.getVideoTracks()[0];
    if (this.canvas === null || this.video.readyState < 2 || track === undefined || track.muted) return null;
    this.canvas.drawImage(this.video, 0, 0, WIDE, HIGH);
    const { data } = this.canvas.getImageData(0, 0, WIDE, HIGH);
    let [sum, luma] = [0, 0];
    for (let at = 0; at < data.length; at += 4) {
      const [red, green, blue] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
      luma += 0.299 * red + 0.587 * green + 0.114 * blue;
      sum = (Math.imul(sum, 31) + (red << 16) + (green << 8) + blue) | 0;
    }
    return { sum, luma: luma / (WIDE * HIGH) };
  }

  private peak(): number | null {
    if (this.analyser === null || this.audio?.state !== "running") return null;
    this.analyser.getFloatTimeDomainData(this.samples);
    let peak = 0;
    for (const sample of this.samples) peak = Math.max(peak, Math.abs(sample));
    return peak;
  }
}
