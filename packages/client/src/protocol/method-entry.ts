import type { MethodName, Params, Result } from "./methods.ts";
import { object } from "./object-shape.ts";
import type { ObjectShape } from "./object-shape.ts";

/**
 * How a method stands to the others of its connection: a `read` waits for the mutations sent
 * before it and a `mutation` for the reads; `any` waits for nothing. A `flight` waits for what was
 * sent before it, as a read does, and nothing waits for it.
 */
export type MethodKind = "any" | "flight" | "mutation" | "read";

/** What is published about a method and what holds its params. */
export interface MethodEntry<M extends MethodName> {
  readonly summary: string;
  readonly kind: MethodKind;
  readonly params: ObjectShape<Params<M>>;
  readonly result: ObjectShape<Result<M>>;
}

/** The params of a method that takes none. */
export const nothing: ObjectShape<Record<string, never>> = object<Record<string, never>>({});
