import type { BatchOperation } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import { demand } from "./expect.ts";
import { judgeDelete, judgeRestore, judgeSet } from "./judge.ts";
import { demandNoCredentials, demandSecret } from "./not-secret.ts";
import type { Pending } from "./pending.ts";
import { isLive } from "./secret.ts";

/** `vault/batch`: one figure an operation; a refusal names the operation, counted from 1. */
export function judgeBatch(pending: Pending, operations: readonly BatchOperation[]): number[] {
  return operations.map((operation, index) => {
    try {
      return judgeOperation(pending, operation);
    } catch (error) {
      throw error instanceof StrongroomError ? placed(error, index + 1, operations.length) : error;
    }
  });
}

/** `clear {prefix}` of a batch: returns how many names it deleted. */
function judgeClear(pending: Pending, prefix: string): number {
  if (prefix === "") {
    throw new StrongroomError("INVALID", "a prefix to clear must not be empty", {
      hint: "name the first characters of the names that go: strongroom clear PREFIX",
    });
  }
  demandNoCredentials(pending.oauth.names(prefix));
  const cleared = pending.live(prefix).length;
  if (cleared > 0) pending.record({ kind: "clear", prefix, cleared });
  return cleared;
}

function judgeOperation(pending: Pending, operation: BatchOperation): number {
  switch (operation.op) {
    case "set":
      return judgeSet(pending, operation);
    case "delete":
      return judgeDelete(pending, operation);
    case "restore":
      return judgeRestore(pending, operation);
    case "check":
      return judgeCheck(pending, operation);
    case "clear":
      return judgeClear(pending, operation.prefix);
  }
}

function judgeCheck(pending: Pending, operation: BatchOperation & { op: "check" }): number {
  demandSecret(pending.oauth, operation.name, "read");
  const secret = pending.get(operation.name);
  demand(operation.expect, operation.name, secret, pending.at);
  return isLive(secret, pending.at) ? secret.version : 0;
}

function placed(error: StrongroomError, place: number, of: number): StrongroomError {
  return new StrongroomError(error.code, `operation ${place} of ${of}: ${error.message}`, {
    hint: error.hint,
    ...(error.version === undefined ? {} : { version: error.version }),
    cause: error,
  });
}
