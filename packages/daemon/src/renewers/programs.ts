import { randomBytes } from "node:crypto";
import { LIMITS } from "@strongroom/client/protocol";
import { processGroupOf } from "../native/process-group.ts";
import { outputOf } from "../sources/output-of.ts";
import { ownProgram } from "../sources/own-program.ts";
import type { RenewerRecord } from "../vault/renewer-record.ts";
import { wordsOf } from "./refusals.ts";

/** Milliseconds that a program may take, with all that it starts. */
const DEADLINE_MS = 30_000;

/** The programs that renew secrets now, each with a process group of its own. */
export class Programs {
  readonly #groups = new Set<number>();
  readonly #deadlineMs: number;

  constructor(deadlineMs: number = DEADLINE_MS) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * What a program prints. It must be its owner's alone at this very start. What it would ask this
   * vault by our client is refused at once: the key that it is given is none.
   */
  async run({ argv, name }: RenewerRecord, signal: AbortSignal): Promise<Buffer> {
    const words = wordsOf(name);
    const [program = "", ...args] = argv;
    const path = await ownProgram(program, words);
    let group: number | undefined;
    const limits = {
      deadlineMs: this.#deadlineMs,
      // One more than a value may have, for the end of its line.
      longestBytes: LIMITS.valueBytes + 2,
      env: { STRONGROOM_API_KEY: `srr_${randomBytes(16).toString("hex")}` },
      signal,
      started: (pid: number) => {
        group = pid;
        this.#groups.add(pid);
      },
    };
    try {
      return await outputOf([path, ...args], limits, words);
    } finally {
      if (group !== undefined) this.#groups.delete(group);
    }
  }

  /** Whether a process belongs to one of them; known on Linux alone. */
  has(pid: number): boolean {
    const group = processGroupOf(pid);
    return group !== undefined && this.#groups.has(group);
  }
}
