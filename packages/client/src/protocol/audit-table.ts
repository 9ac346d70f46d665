import type { AuditEntry } from "./audit.ts";
import type { AuditMethods } from "./audit-methods.ts";
import { ERRORS } from "./errors.ts";
import type { ErrorCode } from "./errors.ts";
import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import { compilePattern } from "./pattern.ts";
import { nullable } from "./result-shapes.ts";
import { boolean, integer, list, oneOf, refine, text } from "./shape.ts";
import { revision, time } from "./value-shapes.ts";

const mode = oneOf("lazy", "off", "strict");
const codes = Object.keys(ERRORS) as ErrorCode[];
const keptBytes = integer(LIMITS.auditKeepBytes);

const entry = object<AuditEntry>({
  number: integer(1),
  time,
  revision,
  actor: text(),
  client: optional(text()),
  pid: optional(integer(0)),
  uid: optional(integer(0)),
  executable: optional(text()),
  operation: text(),
  name: optional(text()),
  outcome: oneOf("ok", "refused"),
  reason: optional(oneOf(...codes)),
  count: optional(integer(1)),
});

const pattern = refine(
  text({ maxLength: 1024 }),
  "Literal text, `*` within a segment, `**` across; at most 8 wildcards.",
  (value) => void compilePattern(value),
);

/** `audit/*`, sorted. */
export const AUDIT_METHODS: { readonly [M in keyof AuditMethods]: MethodEntry<M> } = {
  "audit/list": {
    summary: "Lists who did what, the oldest first, page by page.",
    kind: "read",
    params: object<Params<"audit/list">>({
      after: optional(integer(0)),
      limit: optional(integer(1, LIMITS.listLimit)),
      client: optional(text({ maxLength: LIMITS.labelCharacters })),
      name: optional(pattern),
      since: optional(time),
    }),
    result: object<Result<"audit/list">>({
      entries: list(entry),
      next: integer(0),
      last: integer(0),
      damaged: optional(list(text())),
      revision,
    }),
  },
  "audit/policy": {
    summary: "Says which reads are recorded and how much is kept, after changing what is named.",
    kind: "mutation",
    params: object<Params<"audit/policy">>({
      keys: optional(mode),
      owner: optional(mode),
      keepBytes: optional(integer(0)),
    }),
    result: object<Result<"audit/policy">>({
      keys: mode,
      owner: mode,
      keepBytes: nullable(keptBytes),
      revision,
    }),
  },
  "audit/verify": {
    summary: "Reads every record back and follows their chain.",
    kind: "read",
    params: nothing,
    result: object<Result<"audit/verify">>({
      ok: boolean,
      records: integer(0),
      first: integer(1),
      segments: integer(0),
      revision,
    }),
  },
};
