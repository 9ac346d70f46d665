import type { Coverage } from "./coverage.ts";
import { seededRandom } from "./random.ts";

const BATCH = 16;
const LONGEST = 65_536;

/** Something that takes bytes from strangers. */
export interface GuidedTarget {
  readonly name: string;
  /** Inputs that it takes, to begin with. */
  readonly corpus: readonly Buffer[];
  /** Words that its inputs are made of. */
  readonly words: readonly (Buffer | string)[];
  /** The files whose coverage counts. */
  readonly sources: RegExp;
  /** Takes an input; what it rejects with is a violation. */
  readonly run: (input: Buffer) => Promise<void> | void;
}

/** What was found. */
export interface Guided {
  readonly inputs: number;
  readonly corpus: number;
  /** Characters of source that ran, and how many of them the first inputs had reached. */
  readonly covered: number;
  readonly coveredAtFirst: number;
  readonly violations: readonly string[];
}

/**
 * Feeds so many damaged inputs to a target. An input that reaches code that none before it had
 * reached joins the corpus from which the next ones are made.
 */
export async function guide(
  target: GuidedTarget,
  coverage: Coverage,
  { inputs, seed }: { readonly inputs: number; readonly seed: number },
): Promise<Guided> {
  const mutator = new Mutator(target, seed);
  coverage.forget();
  const violations: string[] = [];
  const attempt = async (input: Buffer): Promise<void> => {
    try {
      await target.run(input);
    } catch (error) {
      const said = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const place = said.split("\n").slice(0, 3).join(" ");
      if (violations.length < 10) violations.push(`${target.name}: ${place}: ${shown(input)}`);
    }
  };
  for (const input of target.corpus) await attempt(input);
  const coveredAtFirst = coverage.fresh(target.sources);
  let covered = coveredAtFirst;
  let corpus = target.corpus.length;
  for (let done = 0; done < inputs; done += BATCH) {
    const batch = Array.from({ length: BATCH }, () => mutator.next());
    for (const input of batch) await attempt(input);
    const more = coverage.fresh(target.sources);
    if (more === 0) continue;
    covered += more;
    // One of them it was; to find out which would take as long as to go on with all.
    mutator.keep(batch);
    corpus += batch.length;
  }
  return { inputs, corpus, covered, coveredAtFirst, violations };
}

function shown(input: Buffer): string {
  return `${input.length} bytes, base64 ${input.subarray(0, 600).toString("base64")}`;
}

class Mutator {
  readonly #corpus: Buffer[];
  readonly #words: readonly Buffer[];
  readonly #random: () => number;

  constructor({ corpus, words }: GuidedTarget, seed: number) {
    this.#corpus = [...corpus];
    this.#words = words.map((word) => Buffer.from(word as string));
    this.#random = seededRandom(seed);
  }

  keep(inputs: readonly Buffer[]): void {
    this.#corpus.push(...inputs);
  }

  next(): Buffer {
    // The newest are the likelier: they reach what is hardly tried.
    const late = this.#below(2) === 0;
    const from = late ? Math.max(0, this.#corpus.length - 4 * BATCH) : 0;
    let input = this.#corpus[from + this.#below(this.#corpus.length - from)] ?? Buffer.alloc(0);
    for (let count = 1 + this.#below(4); count > 0; count -= 1) input = this.#changed(input);
    return input.subarray(0, LONGEST);
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #changed(input: Buffer): Buffer {
    const at = this.#below(input.length + 1);
    const length = 1 + this.#below(16);
    switch (this.#below(9)) {
      case 0:
      case 1:
        return overwritten(input, at, Buffer.from([(input[at] ?? 0) ^ (1 << this.#below(8))]));
      case 2:
        return overwritten(input, at, Buffer.from([this.#edge()]));
      case 3:
        return Buffer.concat([input.subarray(0, at), input.subarray(at + length)]);
      case 4:
        return Buffer.concat([input.subarray(0, at), this.#word(), input.subarray(at)]);
      case 5:
        return overwritten(input, at, this.#word());
      case 6:
        return Buffer.concat([input.subarray(0, at), this.#piece(input), input.subarray(at)]);
      case 7:
        return overwritten(input, at, this.#piece(input));
      default:
        return input.subarray(0, at);
    }
  }

  #edge(): number {
    return [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5c, 0x7b, this.#below(256)][this.#below(9)] ?? 0;
  }

  #word(): Buffer {
    return this.#words[this.#below(this.#words.length)] ?? Buffer.alloc(0);
  }

  #piece(input: Buffer): Buffer {
    const other = this.#below(2) === 0 ? input : this.#corpus[this.#below(this.#corpus.length)];
    const from = this.#below(other?.length ?? 0);
    return (other ?? input).subarray(from, from + 1 + this.#below(40));
  }
}

function overwritten(input: Buffer, at: number, bytes: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, at), bytes, input.subarray(at + bytes.length)]);
}
