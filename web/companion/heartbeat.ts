/**
 * When the phone speaks to the center: every few seconds while it films or sends, now and then after, and at once when
 * something changed. One word at a time. What is said is the phone's.
 */
const LIVE_MS = 5000;
const AFTER_MS = 30_000;
/** Changes come in groups: one word for all of them. */
const GROUP_MS = 50;
const QUIET_MS = 3000;

export class Heartbeat {
  private timer = 0;
  private talking = false;
  private urgent = false;
  private word: Promise<unknown> = Promise.resolve();

  /** `speak` never rejects; it answers whether the next word is due soon. */
  constructor(private readonly speak: () => Promise<boolean>) {}

  soon(): void {
    // while a word is on its way the next one follows right after it
    if (this.talking) this.urgent = true;
    else this.after(GROUP_MS);
  }

  /** Fulfilled when no word is on its way any more, or after a while. */
  async quiet(): Promise<void> {
    await Promise.race([this.word, new Promise((resolve) => window.setTimeout(resolve, QUIET_MS))]);
  }

  private after(ms: number): void {
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.beat(), ms);
  }

  private async beat(): Promise<void> {
    if (this.talking) return;
    this.talking = true;
    this.urgent = false;
    const word = this.speak();
    this.word = word;
    const live = await word;
    this.talking = false;
    this.after(this.urgent ? GROUP_MS : live ? LIVE_MS : AFTER_MS);
  }
}
