import type { ApprovalEntry, ApprovalMethods, Approved } from "./approval-methods.ts";
import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object } from "./object-shape.ts";
import type { Fields } from "./object-shape.ts";
import { list, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import { path, repeatable, revision, time } from "./value-shapes.ts";

/** The fields of an approval. */
export const approvedFields: Fields<Approved> = {
  path,
  sha256: text({ pattern: "^[0-9a-f]{64}$" }),
};
/** The approvals that a read is made under. */
export const approvals: Shape<readonly Approved[]> = list(object<Approved>(approvedFields), {
  maxItems: LIMITS.readApprovals,
});

const changed = object<Result<"approval/add">>({ path, revision });

/** `approval/*`, sorted. */
export const APPROVAL_METHODS: { readonly [M in keyof ApprovalMethods]: MethodEntry<M> } = {
  "approval/add": {
    summary: "Lets the references of a file be used, as long as its content is this.",
    kind: "mutation",
    params: object<Params<"approval/add">>({ ...approvedFields, ...repeatable }),
    result: changed,
  },
  "approval/list": {
    summary: "Lists the files whose references may be used.",
    kind: "read",
    params: nothing,
    result: object<Result<"approval/list">>({
      approvals: list(object<ApprovalEntry>({ ...approvedFields, approvedAt: time })),
      revision,
    }),
  },
  "approval/remove": {
    summary: "Lets the references of a file be used no more.",
    kind: "mutation",
    params: object<Params<"approval/remove">>({ path, ...repeatable }),
    result: changed,
  },
};
