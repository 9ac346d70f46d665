import { createHash } from "node:crypto";
import type { Params } from "@strongroom/client/protocol";
import type { Timers } from "../turn/timers.ts";
import type { ClipboardTools } from "./tools.ts";

type Asked = Params<"clipboard/clear">;

/** Clipboards that are cleared after a while, at the latest when the daemon ends or the vault is locked. */
export class Clipboards {
  readonly #timers: Pick<Timers, "after">;
  readonly #tools: ClipboardTools;
  /** What is to be cleared, by its place: what was put there last counts. */
  readonly #waiting = new Map<string, { readonly asked: Asked; readonly cancel: () => void }>();
  readonly #clearing = new Set<Promise<void>>();

  constructor(timers: Pick<Timers, "after">, tools: ClipboardTools) {
    this.#timers = timers;
    this.#tools = tools;
  }

  /** Rejects where a clipboard could be read or cleared by nothing. */
  async demand(asked: Asked): Promise<void> {
    await this.#tools.demand(asked);
  }

  /** Clears a clipboard after its time, if it holds then what was put there. */
  clearLater(asked: Asked): void {
    const place = placeOf(asked);
    this.#waiting.get(place)?.cancel();
    const cancel = this.#timers.after(asked.after, () => this.#due(place));
    this.#waiting.set(place, { asked, cancel });
  }

  /** Clears all that waits, now. */
  async land(): Promise<void> {
    for (const [place, { cancel }] of this.#waiting) {
      cancel();
      this.#due(place);
    }
    await Promise.all(this.#clearing);
  }

  #due(place: string): void {
    const waiting = this.#waiting.get(place);
    this.#waiting.delete(place);
    if (waiting === undefined) return;
    const clearing = this.#clear(waiting.asked).finally(() => this.#clearing.delete(clearing));
    this.#clearing.add(clearing);
  }

  /** A display that is not there any more has no clipboard either. */
  async #clear(asked: Asked): Promise<void> {
    try {
      const held = await this.#tools.read(asked);
      const sha256 = createHash("sha256").update(held).digest("hex");
      if (sha256 === asked.sha256) await this.#tools.clear(asked);
    } catch {
      // Nobody waits for this any more, and there is nothing that could be said to them.
    }
  }
}

function placeOf({ display, tool }: Asked): string {
  const { DISPLAY = "", WAYLAND_DISPLAY = "", XDG_RUNTIME_DIR = "" } = display;
  return JSON.stringify([tool, DISPLAY, WAYLAND_DISPLAY, XDG_RUNTIME_DIR]);
}
