import type { BatchOperation, Expect, Params } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import type { Caller, TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";
import type {
  Model,
  ModelAnswer,
  ModelExpect,
  ModelMutation,
  ModelRequest,
  ModelStep,
} from "./model.ts";

/** What can be called: an engine, or something in front of one. */
export interface Callable {
  execute(method: TurnMethod, params: never, caller: Caller): Promise<unknown>;
}

/** Names few enough to collide; two share a prefix. */
const NAMES = ["a/one", "a/two", "b", "é😀"] as const;
const PREFIXES = ["a/", "b", "zz"] as const;

const name = fc.constantFrom(...NAMES);
const version = fc.integer({ min: 1, max: 14 });
const expect: fc.Arbitrary<ModelExpect> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: fc.constant({ absent: true } as const) },
  { weight: 2, arbitrary: fc.record({ version }) },
);
const value = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("", "\u0001".repeat(40), 'quote"\\', "x".repeat(3000)),
);
const livesMs = fc.option(fc.integer({ min: 1, max: 100_000 }), { freq: 8 });
const set = fc.record({ op: fc.constant("set" as const), name, value, expect, livesMs });
const gone = fc.record({ op: fc.constant("delete" as const), name, expect });
const restore = fc.record({ op: fc.constant("restore" as const), name, version, expect });
const check = fc.record({
  op: fc.constant("check" as const),
  name,
  expect: expect.filter((demanded) => demanded !== null),
});
const clear = fc.record({
  op: fc.constant("clear" as const),
  prefix: fc.constantFrom(...PREFIXES),
});
const mutation: fc.Arbitrary<ModelMutation> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.oneof(set, set, gone, restore).map((step) => ({ kind: "single" as const, step })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.oneof(set, set, gone, restore, check, clear), { minLength: 1, maxLength: 4 })
      .map((steps) => ({ kind: "batch" as const, steps })),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ name, versions: fc.option(fc.array(version, { minLength: 1, maxLength: 3 })) })
      .map((purge) => ({ kind: "purge" as const, ...purge })),
  },
);

/** A mutation as a caller sends it; ids collide now and then. */
export const anyRequest: fc.Arbitrary<ModelRequest> = fc.record({
  mutation,
  id: fc.option(fc.constantFrom("i1", "i2", "i3"), { freq: 3 }),
  actor: fc.constantFrom("owner", "other"),
  seen: fc.constantFrom(0, 5, 1000),
});

/** What the request is called on the wire. `now`: expiry is counted from it. */
export function send(
  engine: Callable,
  request: ModelRequest,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const { method, params } = wire(request);
  return engine
    .execute(method, params as never, { actor: request.actor, signal })
    .then(answerOf, refusalOf);
}

/** Method and params of a request. */
function wire(request: ModelRequest): { method: TurnMethod; params: object } {
  const { mutation: asked, id, seen } = request;
  const repeatable = id === null ? {} : { requestId: id, seen };
  if (asked.kind === "batch") {
    return {
      method: "vault/batch",
      params: { operations: asked.steps.map(operation), ...repeatable },
    };
  }
  if (asked.kind === "purge") {
    const versions = asked.versions === null ? {} : { versions: asked.versions };
    return { method: "secret/purge", params: { name: asked.name, ...versions, ...repeatable } };
  }
  const { op, ...params } = operation(asked.step) as BatchOperation & { op: "set" };
  return { method: `secret/${op}`, params: { ...params, ...repeatable } };
}

function operation(step: ModelStep): BatchOperation {
  if (step.op === "clear") return step;
  const expected = step.expect === null ? {} : { expect: step.expect satisfies Expect };
  switch (step.op) {
    case "set":
      return {
        op: "set",
        name: step.name,
        value: step.value,
        ...(step.livesMs === null ? {} : { metadata: { expiresAt: step.livesMs, tags: ["t"] } }),
        ...expected,
      };
    case "restore":
      return { op: "restore", name: step.name, version: step.version, ...expected };
    case "delete":
      return { op: "delete", name: step.name, ...expected };
    case "check":
      return { op: "check", name: step.name, expect: step.expect ?? { version: 1 } };
  }
}

/** The figures in a result, whatever the method. */
function answerOf(result: unknown): ModelAnswer {
  const {
    revision,
    version: one,
    purged,
    results,
  } = result as {
    revision: number;
    version?: number;
    purged?: number;
    results?: readonly { version?: number; cleared?: number }[];
  };
  const numbers = results?.map((entry) => entry.version ?? entry.cleared ?? -1) ?? [
    one ?? purged ?? -1,
  ];
  return { numbers, revision };
}

function refusalOf(error: unknown): ModelAnswer {
  if (!(error instanceof StrongroomError)) throw error;
  return { code: error.code, version: error.version ?? null };
}

/** All that can be read of a vault, by reading it. */
export async function observe(engine: Callable): Promise<unknown> {
  const signal = new AbortController().signal;
  const ask = async (method: TurnMethod, params: Params<TurnMethod>): Promise<unknown> => {
    try {
      return await engine.execute(method, params as never, { actor: "owner", signal });
    } catch (error) {
      return refusalOf(error);
    }
  };
  const all = { all: true };
  const listed = (await engine.execute("secret/list", all as never, {
    actor: "owner",
    signal,
  })) as {
    secrets: { name: string; metadata: unknown }[];
    revision: number;
  };
  const names = [];
  for (const { metadata: _, ...entry } of listed.secrets) {
    const history = (await ask("secret/history", { name: entry.name })) as {
      versions: { version: number }[];
    };
    const values = [];
    for (const { version: kept } of history.versions) {
      const got = (await ask("secret/get", { name: entry.name, version: kept })) as {
        value?: string;
        encoding?: BufferEncoding;
        code?: string;
      };
      values.push(got.code ?? Buffer.from(got.value ?? "", got.encoding).toString());
    }
    names.push({ entry, history: history.versions, values });
  }
  return { revision: listed.revision, names };
}

/** What `observe` should see. */
export function observed(model: Model, wall: number): unknown {
  const at = model.at(wall);
  const names = [...model.state.names]
    .toSorted(([left], [right]) => Buffer.compare(Buffer.from(left), Buffer.from(right)))
    .map(([each, versions]) => {
      const current = versions.at(-1);
      if (current === undefined) throw new TypeError("a name without versions");
      const expired = current.value !== null && (current.expiresAt ?? Infinity) <= at;
      return {
        entry: {
          name: each,
          version: current.version,
          updatedAt: current.updatedAt,
          ...(current.value === null ? { deleted: true } : {}),
          ...(expired ? { expired: true } : {}),
        },
        history: versions.toReversed().map((entry) => ({
          version: entry.version,
          updatedAt: entry.updatedAt,
          deleted: entry.value === null,
          current: entry === current,
        })),
        values: versions
          .toReversed()
          .map((entry) =>
            entry.value === null || (entry.expiresAt ?? Infinity) <= at ? "NOT_FOUND" : entry.value,
          ),
      };
    });
  return { revision: model.state.revision, names };
}
