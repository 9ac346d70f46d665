import type { ErrorCode } from "@strongroom/client";
import type { Expect } from "@strongroom/client/protocol";
import type { HistoryEvent, Request, Step } from "./event.ts";

/** From when to when, in moments of the story; without an end the answer never came. */
export type Span = readonly [begin: number, end?: number];

/** A name as a reader was shown it. */
export type Shown = readonly [value: string, version: number] | null;

/** A history written by hand, each request by a client of its own. */
export class Story {
  readonly events: HistoryEvent[] = [];

  /** A set that was answered with this version, at this revision. */
  set(span: Span, name: string, value: string, [version, revision]: readonly number[] = []): this {
    return this.#changed(
      span,
      { method: "secret/set", params: { name, value } },
      version,
      revision,
    );
  }

  /** The same with a condition. */
  cas(
    span: Span,
    name: string,
    [value, expect]: readonly [string, Expect],
    [version, revision]: readonly number[] = [],
  ): this {
    const request = { method: "secret/set" as const, params: { name, value, expect } };
    return this.#changed(span, request, version, revision);
  }

  delete(span: Span, name: string, [version, revision]: readonly number[] = []): this {
    return this.#changed(span, { method: "secret/delete", params: { name } }, version, revision);
  }

  batch(span: Span, operations: readonly Step[], versions?: readonly number[], revision = 0): this {
    const results = versions?.map((version) => ({ version }));
    const request = { method: "vault/batch" as const, params: { operations } };
    return this.#told(span, request, results && { result: { results, revision } });
  }

  get(span: Span, name: string, shown: Shown, revision = 0): this {
    const request = { method: "secret/get" as const, params: { name } };
    if (shown === null) return this.refused(span, request, "NOT_FOUND");
    const [value, version] = shown;
    return this.#told(span, request, { result: { name, value, version, revision } });
  }

  read(span: Span, shown: Readonly<Record<string, Shown>>, revision = 0): this {
    const secrets = Object.values(shown).map(
      (each) => each && { value: each[0], version: each[1] },
    );
    const request = { method: "vault/read" as const, params: { names: Object.keys(shown) } };
    return this.#told(span, request, { result: { secrets, revision } });
  }

  refused(span: Span, request: Request, code: ErrorCode, version?: number): this {
    const error = version === undefined ? { code } : { code, version };
    return this.#told(span, request, { error });
  }

  #changed(span: Span, request: Request, version?: number, revision = 0): this {
    return this.#told(
      span,
      request,
      version === undefined ? undefined : { result: { version, revision } },
    );
  }

  #told(
    [begin, end]: Span,
    request: Request,
    answer:
      | { readonly error: { readonly code: ErrorCode; readonly version?: number } }
      | { readonly result: object }
      | undefined,
  ): this {
    const client = this.events.length;
    this.events.push({ client, n: 0, at: begin, ...request });
    if (end !== undefined && answer !== undefined) {
      this.events.push({ client, n: 0, at: end, ...answer });
    }
    return this;
  }
}

/** A step that sets a name. */
export function setting(name: string, value: string): Step {
  return { op: "set", name, value };
}

/** A set with a condition, as it is asked for. */
export function conditional(name: string, value: string, expect: Expect): Request {
  return { method: "secret/set", params: { name, value, expect } };
}
