import type { Event } from "../audit/entry.ts";
import type { By } from "../audit/of-commit.ts";
import type { Pending } from "../vault/pending.ts";
import type { Fingerprint } from "../vault/repeat.ts";
import type { Waiting } from "./queue.ts";

/** What one turn takes in, at most; bytes and mutations, milliseconds of waiting. */
export const TURN = {
  bytes: 1_048_576,
  mutations: 1024,
  frameBytes: 4_194_304,
  waitMs: 30_000,
} as const;

/** A mutation that waits for its turn. */
export interface Mutation extends Waiting {
  /** At most so many bytes in the frame. */
  readonly bytes: number;
  /** Whether it only gives room back, so that it may use the reserve of a full disk. */
  readonly frees: boolean;
  readonly fingerprint: Fingerprint | undefined;
  readonly seen: number | undefined;
  /** Whose it is. */
  readonly by: By;
  /** What is recorded with it. */
  readonly events?: readonly Event[];
  /** Throws what the caller may not do, before anything else is looked at. */
  admit(pending: Pending, now: number): void;
  judge(pending: Pending): readonly number[];
  /** Called once, when the change is durable. */
  answer(numbers: readonly number[], revision: number): void;
}

/** Work that must not meet a frame in flight: compaction, verification, backup. */
export interface Exclusive extends Waiting {
  /** Never rejects. */
  run(): Promise<void>;
}
