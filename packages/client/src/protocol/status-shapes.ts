import type { HelloParams, HelloResult, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { ObjectShape } from "./object-shape.ts";
import { nullable } from "./result-shapes.ts";
import { boolean, integer, invalid, oneOf, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { AutolockPolicy, DaemonState, Restored, StatusDetail } from "./status.ts";
import { revision, time } from "./value-shapes.ts";

const count = integer(0);

/** What a daemon is in. */
export const state: Shape<DaemonState> = oneOf(
  "closing",
  "failed",
  "locked",
  "open",
  "opening",
  "poisoned",
  "read-only",
);

const milliseconds: Shape<number> = {
  schema: { type: "number", minimum: 0 },
  parse(value, field) {
    if (typeof value !== "number" || !(value >= 0)) throw invalid(field, "must be a number");
    return value;
  },
};

const refusals: Shape<{ readonly [code: string]: number }> = {
  schema: { type: "object", additionalProperties: count.schema },
  parse(value, field) {
    if (typeof value !== "object" || value === null) throw invalid(field, "must be an object");
    return Object.fromEntries(
      Object.entries(value).map(([code, n]: [string, unknown]) => [code, count.parse(n, field)]),
    );
  },
};

/** When a vault locks itself. */
export const autolock: ObjectShape<AutolockPolicy> = object<AutolockPolicy>({
  idleMs: optional(integer(1000)),
  openMs: optional(integer(1000)),
  onSuspend: optional(boolean),
});

const detail: ObjectShape<StatusDetail> = object<StatusDetail>({
  queueDepth: count,
  connections: count,
  batches: count,
  batchSizeP50: nullable(milliseconds),
  batchSizeMax: nullable(count),
  fsyncP50Ms: nullable(milliseconds),
  fsyncP99Ms: nullable(milliseconds),
  refusals,
  lock: text(),
  epoch: nullable(text()),
  journalBytes: nullable(count),
  tornFrames: nullable(count),
  mark: nullable(oneOf("missing", "ok", "unwritable")),
  autolock: nullable(autolock),
  lastExit: nullable(text()),
});

/** What `vault/status` answers. */
export const status: ObjectShape<Result<"vault/status">> = object<Result<"vault/status">>({
  state,
  reason: optional(text()),
  pid: integer(1),
  endpoint: text(),
  vault: nullable(text()),
  version: text(),
  protocol: count,
  secrets: nullable(count),
  slots: nullable(count),
  backupAt: nullable(time),
  restored: nullable(object<Restored>({ revision: nullable(revision), time: nullable(time) })),
  uptimeMs: milliseconds,
  time: nullable(time),
  detail: optional(detail),
  revision,
});

/** What a client says first. */
export const helloParams: ObjectShape<HelloParams> = object<HelloParams>({
  protocol: object<HelloParams["protocol"]>({ min: integer(0), max: integer(0) }),
  // A later client may say more of itself to a daemon that still runs.
  client: object<HelloParams["client"]>(
    {
      name: text({ maxLength: 64 }),
      version: text({ maxLength: 64 }),
      process: optional(
        object<Required<HelloParams["client"]>["process"]>({
          pid: integer(1),
          namespace: text({ maxLength: 64 }),
        }),
      ),
    },
    true,
  ),
});

/** What a daemon answers to it. */
export const helloResult: ObjectShape<HelloResult> = object<HelloResult>({
  protocol: count,
  version: text(),
  vault: nullable(text()),
  state,
  revision,
});
