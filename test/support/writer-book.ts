import type { Secret } from "@strongroom/client";
import type { Worker } from "./processes.ts";

interface Line {
  readonly tried?: string;
  readonly acknowledged?: string;
  readonly n: number;
  readonly version?: number;
}

/** What one name may hold: from the last acknowledged number to the last one tried. */
interface Entry {
  acknowledged: number;
  version: number;
  tried: number;
  /** The highest number that was read. */
  read: number;
}

/**
 * What workers of `programs/writer.mjs` said, kept as one entry a name, so that looking again
 * after every kill costs the same however long it goes on.
 */
export class WriterBook {
  readonly #writers: readonly Worker[];
  readonly #entries = new Map<string, Entry>();
  #acknowledgements = 0;
  #foreign = 0;

  constructor(writers: readonly Worker[]) {
    this.#writers = writers;
  }

  /** Acknowledgements so far. */
  get acknowledgements(): number {
    return this.#acknowledgements;
  }

  /** Takes in what the writers have said; all of it was acknowledged before this call. */
  absorb(): void {
    for (const writer of this.#writers) {
      for (const line of writer.take() as readonly Line[]) this.#note(line);
    }
  }

  /** The names, in lots that one request can read. */
  lots(): readonly (readonly string[])[] {
    const names = [...this.#entries.keys()];
    const lots = [];
    for (let at = 0; at < names.length; at += 100) lots.push(names.slice(at, at + 100));
    return lots;
  }

  /** Notes what was read after the last `absorb`; false: an acknowledged write is not there. */
  kept(name: string, secret: Secret | null | undefined): boolean {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new TypeError(`${name} is no writer's`);
    const text = secret?.text() ?? `${name.split("/")[0]}:0`;
    const n = Number(text.split(":")[1]);
    if (text !== `${name.split("/")[0]}:${n}`) this.#foreign += 1;
    entry.read = Math.max(entry.read, n);
    return n >= entry.acknowledged && (secret?.version ?? 0) >= entry.version;
  }

  /** How often something was read that no writer had tried by the last `absorb`. */
  invented(): number {
    const ahead = [...this.#entries.values()].filter(({ read, tried }) => read > tried);
    return ahead.length + this.#foreign;
  }

  #note({ tried, acknowledged, n, version }: Line): void {
    const name = tried ?? acknowledged;
    if (name === undefined) return;
    const entry = this.#entries.get(name) ?? { acknowledged: 0, version: 0, tried: 0, read: 0 };
    this.#entries.set(name, entry);
    if (tried !== undefined) {
      entry.tried = n;
      return;
    }
    entry.acknowledged = n;
    entry.version = version ?? 0;
    this.#acknowledgements += 1;
  }
}
