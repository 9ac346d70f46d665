import type { Expect } from "@strongroom/client/protocol";
import type { Request, Step } from "./event.ts";

/** A name as it stands: versions count sets and deletions, `null` is a deletion or nothing yet. */
export interface Cell {
  readonly version: number;
  readonly value: string | null;
}

const EMPTY: Cell = { version: 0, value: null };

/** What a client can be told without anything of revisions. */
export type Answer =
  /** One entry a name; `null` is absent. */
  | { readonly kind: "values"; readonly values: readonly (Cell | null)[] }
  /** One version a step. */
  | { readonly kind: "versions"; readonly versions: readonly number[] }
  | { readonly kind: "refused"; readonly code: string; readonly version?: number };

/** What a change leaves behind. */
export interface Write extends Cell {
  readonly name: string;
}

/** What a request does at one point in time. */
export interface Effect {
  readonly answer: Answer;
  readonly writes: readonly Write[];
}

/** Where the names stand. */
export type Look = (name: string) => Cell;

/** Where the names of a map stand; others are empty. */
export function lookInto(names: ReadonlyMap<string, Cell>): Look {
  return (name) => names.get(name) ?? EMPTY;
}

type Refused = Extract<Answer, { kind: "refused" }>;

/** A request against names as they stand; it shares no code with the daemon. */
export function effect(look: Look, request: Request): Effect {
  const { method, params } = request;
  switch (method) {
    case "secret/get": {
      const cell = look(params.name);
      if (cell.value === null) return refusal({ kind: "refused", code: "NOT_FOUND" });
      return { answer: { kind: "values", values: [cell] }, writes: [] };
    }
    case "vault/read": {
      const values = params.names.map((name) => present(look(name)));
      return { answer: { kind: "values", values }, writes: [] };
    }
    case "secret/set":
      return changed(look, [{ op: "set", ...params }]);
    case "secret/delete":
      return changed(look, [{ op: "delete", ...params }]);
    case "vault/batch":
      return changed(look, params.operations);
  }
}

/** Whether two answers say the same. */
export function isSame(one: Answer, other: Answer): boolean {
  if (one.kind === "versions" && other.kind === "versions") {
    return isEqual(one.versions, other.versions, (a, b) => a === b);
  }
  if (one.kind === "values" && other.kind === "values") {
    return isEqual(
      one.values,
      other.values,
      (a, b) => a?.version === b?.version && a?.value === b?.value,
    );
  }
  if (one.kind !== "refused" || other.kind !== "refused") return false;
  return one.code === other.code && one.version === other.version;
}

/** Steps see each other in order; the first refusal takes back all of them. */
function changed(look: Look, steps: readonly Step[]): Effect {
  const writes: Write[] = [];
  const versions: number[] = [];
  for (const step of steps) {
    const cell = writes.findLast(({ name }) => name === step.name) ?? look(step.name);
    const refused = refusalOf(step, cell);
    if (refused !== undefined) return refusal(refused);
    if (step.op === "check") {
      versions.push(live(cell));
      continue;
    }
    const version = cell.version + 1;
    writes.push({ name: step.name, version, value: step.op === "set" ? step.value : null });
    versions.push(version);
  }
  return { answer: { kind: "versions", versions }, writes };
}

function refusalOf(step: Step, cell: Cell): Refused | undefined {
  const refused = step.expect && unexpected(step.expect, cell);
  if (refused !== undefined) return refused;
  const missing = step.op === "delete" && cell.value === null;
  return missing ? { kind: "refused", code: "NOT_FOUND" } : undefined;
}

function unexpected(expect: Expect, cell: Cell): Refused | undefined {
  const stands = live(cell);
  if ("absent" in expect) {
    return stands === 0 ? undefined : { kind: "refused", code: "ALREADY_EXISTS" };
  }
  if (stands === expect.version) return undefined;
  return { kind: "refused", code: "CONFLICT", version: stands };
}

function live(cell: Cell): number {
  return cell.value === null ? 0 : cell.version;
}

function present(cell: Cell): Cell | null {
  return cell.value === null ? null : cell;
}

function refusal(answer: Refused): Effect {
  return { answer, writes: [] };
}

function isEqual<T>(
  one: readonly T[],
  other: readonly T[],
  same: (a: T | undefined, b: T | undefined) => boolean,
): boolean {
  return one.length === other.length && one.every((each, index) => same(each, other[index]));
}
