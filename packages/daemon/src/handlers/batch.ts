import type { BatchOperation, BatchResult } from "@strongroom/client/protocol";
import type { WriteHandler } from "../turn/handler.ts";
import { judgeBatch } from "../vault/batch.ts";
import { changeBytes, COMMIT_BYTES } from "./bytes.ts";

/** `vault/batch` */
export const vaultBatch: WriteHandler<"vault/batch"> = {
  kind: "write",
  judge: (pending, { operations }) => judgeBatch(pending, operations),
  result: ({ operations }, numbers, revision) => ({
    results: operations.map((operation, index) => resultOf(operation, numbers[index] ?? 0)),
    revision,
  }),
  bytes: ({ operations }) =>
    operations.reduce((sum, operation) => sum + bytesOf(operation), COMMIT_BYTES),
  frees: ({ operations }) => operations.every(({ op }) => op !== "set" && op !== "restore"),
};

function resultOf(operation: BatchOperation, number: number): BatchResult {
  if (operation.op === "clear") return { op: "clear", cleared: number };
  return { op: operation.op, name: operation.name, version: number };
}

function bytesOf(operation: BatchOperation): number {
  if (operation.op === "clear") return changeBytes(operation.prefix);
  if (operation.op === "set") {
    return changeBytes(operation.name, operation.value, operation.metadata);
  }
  return changeBytes(operation.name);
}
