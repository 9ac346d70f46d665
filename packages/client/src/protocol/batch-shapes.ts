import { LIMITS } from "./limits.ts";
import type { BatchOperation, BatchResult } from "./methods.ts";
import { object, optional, tagged } from "./object-shape.ts";
import type { ObjectShape } from "./object-shape.ts";
import { integer, list, oneOf, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { checkValue, expect, metadata, name, valueFields, version } from "./value-shapes.ts";

type Operation<O extends BatchOperation["op"]> = Extract<BatchOperation, { readonly op: O }>;

const plainSet = object<Operation<"set">>({
  op: oneOf("set"),
  name,
  ...valueFields,
  metadata: optional(metadata),
  expect: optional(expect),
});

const set: ObjectShape<BatchOperation> = {
  ...plainSet,
  parse(value, field) {
    const operation = plainSet.parse(value, field);
    checkValue(operation, field);
    return operation;
  },
};

/** The steps of a `vault/batch`: 1 to 1000. */
export const operations: Shape<readonly BatchOperation[]> = list(
  tagged<BatchOperation>("op", {
    check: object<Operation<"check">>({ op: oneOf("check"), name, expect }),
    clear: object<Operation<"clear">>({ op: oneOf("clear"), prefix: text({ minLength: 1 }) }),
    delete: object<Operation<"delete">>({ op: oneOf("delete"), name, expect: optional(expect) }),
    restore: object<Operation<"restore">>({
      op: oneOf("restore"),
      name,
      version,
      expect: optional(expect),
    }),
    set,
  }),
  { minItems: 1, maxItems: LIMITS.batchOperations },
);

const named = object<Extract<BatchResult, { readonly name: string }>>({
  op: oneOf("check", "delete", "restore", "set"),
  name,
  version: integer(0),
});
const cleared = object<Extract<BatchResult, { readonly op: "clear" }>>({
  op: oneOf("clear"),
  cleared: integer(0),
});

/** What the steps did, in their order. */
export const results: Shape<readonly BatchResult[]> = list(
  tagged<BatchResult>("op", {
    check: named,
    clear: cleared,
    delete: named,
    restore: named,
    set: named,
  }),
);
