import type { Write } from "./model.ts";
import type { Operation } from "./operation.ts";

/**
 * What answers prove about the versions of names. Versions of a name never repeat, so an
 * operation of unknown outcome cannot have made one that another made or that was read with
 * another value.
 */
export class Evidence {
  readonly #made = new Set<string>();
  readonly #read = new Map<string, string | null>();

  constructor(operations: readonly Operation[]) {
    for (const { request, answer } of operations) {
      for (const [index, name] of namesOf(request).entries()) {
        if (answer?.kind === "versions" && !isCheck(request, index)) {
          this.#made.add(`${name} ${answer.versions[index]}`);
        }
        const cell = answer?.kind === "values" ? answer.values[index] : undefined;
        if (cell) this.#read.set(`${name} ${cell.version}`, cell.value);
      }
    }
  }

  /** Whether an operation of unknown outcome may have written this. */
  permits({ name, version, value }: Write): boolean {
    const key = `${name} ${version}`;
    if (this.#made.has(key)) return false;
    const read = this.#read.get(key);
    return read === undefined || read === value;
  }
}

/** The names that a request is about. */
export function namesOf({ method, params }: Operation["request"]): readonly string[] {
  switch (method) {
    case "secret/delete":
    case "secret/get":
    case "secret/set":
      return [params.name];
    case "vault/batch":
      return params.operations.map(({ name }) => name);
    case "vault/read":
      return params.names;
  }
}

function isCheck({ method, params }: Operation["request"], index: number): boolean {
  return method === "vault/batch" && params.operations[index]?.op === "check";
}
