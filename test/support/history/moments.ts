import type { Operation } from "./operation.ts";

/** An invocation or a response. */
export interface Moment<O extends Operation = Operation> {
  readonly at: number;
  readonly operation: O;
  readonly responds: boolean;
}

/**
 * Invocations and responses in the order of time. Of two at one time neither came before the
 * other, so the invocation is put first. An unknown outcome has no response.
 */
export function momentsOf<O extends Operation>(operations: readonly O[]): Moment<O>[] {
  return operations
    .flatMap((operation) => [
      { at: operation.invokedAt, operation, responds: false },
      { at: operation.respondedAt, operation, responds: true },
    ])
    .filter(({ at }) => at !== Infinity)
    .toSorted((a, b) => a.at - b.at || Number(a.responds) - Number(b.responds));
}
