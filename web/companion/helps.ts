/** Calls for help of the session served now. Owns keeping each until the center has it; answers are the center's. */
import type { CenterLine } from "./center";
import type { HelpRow, Store } from "./store";
import { uuid7 } from "./uuid";
import type { CompanionView, Stamp } from "./wire";

export class Helps {
  rows: HelpRow[] = [];

  constructor(
    private readonly store: Store,
    private readonly changed: () => void,
  ) {}

  async load(session: string): Promise<void> {
    this.rows = await this.store.helps(session);
  }

  async ask(session: string, text: string, at: Stamp): Promise<void> {
    const row: HelpRow = { id: uuid7(), text, at, session, sent: false };
    await this.store.keepHelp(row);
    this.rows = [...this.rows, row];
    this.changed();
  }

  /** Send what the center does not have yet; `told` hears its answer to each. Raises what the line raises. */
  async send(line: CenterLine, told: (view: CompanionView) => void): Promise<void> {
    for (const help of this.rows.filter((one) => !one.sent)) {
      told(await line.help({ id: help.id, text: help.text, at: help.at }));
      help.sent = true;
      await this.store.keepHelp(help);
      this.changed();
    }
  }
}
