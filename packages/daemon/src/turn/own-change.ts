import type { By } from "../audit/of-commit.ts";
import { SYSTEM } from "../audit/who.ts";
import type { Pending } from "../vault/pending.ts";
import type { Settle, Waiter } from "./admission.ts";
import type { Mutation } from "./mutation.ts";

/** A change that no method asked for. */
export interface OwnChange {
  /** At most so many bytes in the frame. */
  readonly bytes: number;
  /** Whether it may use the reserve of a full disk. */
  readonly frees: boolean;
  /** What the audit calls it; undefined = it is not told. */
  readonly operation: string | undefined;
  /** Refuses, or records changes; none at all are as well. It may be asked twice. */
  judge(pending: Pending): void;
}

/** It, as it waits for its turn. */
export function ownChange(change: OwnChange, waiting: Waiter, settle: Settle): Mutation {
  const { bytes, frees, operation } = change;
  const by: By = { who: SYSTEM, operation };
  return {
    ...waiting,
    bytes,
    frees,
    fingerprint: undefined,
    seen: undefined,
    by,
    admit: () => {},
    judge: (pending) => {
      change.judge(pending);
      return [];
    },
    answer: settle.done,
    refuse: settle.failed,
  };
}
