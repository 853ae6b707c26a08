/** Sound and vibration when the film is not well. Silent while somebody answers: then only the screen says it. */

const BEEP_S = 0.25;
const AGAIN_MS = 4000;

export class Alarm {
  private timer = 0;
  private on = false;

  constructor(private readonly sound: () => AudioContext | null) {}

  set(on: boolean): void {
    if (on === this.on) return;
    this.on = on;
    window.clearInterval(this.timer);
    if (!on) {
      navigator.vibrate?.(0);
      return;
    }
    this.ring();
    this.timer = window.setInterval(() => this.ring(), AGAIN_MS);
  }

  private ring(): void {
    navigator.vibrate?.([300, 150, 300]);
    const context = this.sound();
    if (context === null || context.state !== "running") return;
    for (const start of [0, 2 * BEEP_S]) {
      const [tone, volume] = [context.createOscillator(), context.createGain()];
      tone.frequency.value = 880;
      volume.gain.value = 0.2;
      tone.connect(volume).connect(context.destination);
      tone.start(context.currentTime + start);
      tone.stop(context.currentTime + start + BEEP_S);
    }
  }
}
