import { Session } from "node:inspector";

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface Script {
  readonly url: string;
  readonly functions: readonly { readonly ranges: readonly Range[] }[];
}

/**
 * Which characters of our sources have run so far, as V8 counts its blocks. It counts them in
 * what it compiles from now on: the sources must not have been imported before.
 */
export class Coverage {
  readonly #session = new Session();
  readonly #ran = new Map<string, Uint8Array>();

  constructor() {
    this.#session.connect();
    this.#session.post("Profiler.enable");
    this.#session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: true });
  }

  /** Begins anew, as if nothing had ever run. */
  forget(): void {
    this.#taken();
    this.#ran.clear();
  }

  /** Characters that ran since the last call and not before, in files of these addresses. */
  fresh(sources: RegExp): number {
    let count = 0;
    for (const { url, functions } of this.#taken()) {
      if (!sources.test(url)) continue;
      for (const { ranges } of functions) {
        // The ranges of a function lie within each other; one that did not run is cut out.
        if ((ranges[0]?.count ?? 0) > 0) count += this.#paint(url, ranges);
      }
    }
    return count;
  }

  #paint(url: string, ranges: readonly Range[]): number {
    const [whole] = ranges;
    if (whole === undefined) return 0;
    const { startOffset: from, endOffset: to } = whole;
    const ran = this.#upTo(url, to);
    const now = new Uint8Array(to - from);
    for (const { count, endOffset, startOffset } of ranges)
      now.fill(count > 0 ? 1 : 0, startOffset - from, endOffset - from);
    let fresh = 0;
    for (let at = 0; at < now.length; at += 1) {
      if (now[at] === 0 || ran[from + at] === 1) continue;
      ran[from + at] = 1;
      fresh += 1;
    }
    return fresh;
  }

  #upTo(url: string, length: number): Uint8Array {
    const known = this.#ran.get(url) ?? new Uint8Array(0);
    if (known.length >= length) return known;
    const longer = new Uint8Array(length);
    longer.set(known);
    this.#ran.set(url, longer);
    return longer;
  }

  #taken(): readonly Script[] {
    let scripts: readonly Script[] = [];
    this.#session.post("Profiler.takePreciseCoverage", (error, { result }) => {
      if (error !== null) throw error;
      scripts = result;
    });
    return scripts;
  }
}
