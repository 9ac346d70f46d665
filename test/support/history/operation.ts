import type { HistoryEvent, Invocation, Request, Response } from "./event.ts";
import type { Answer, Cell } from "./model.ts";

/** What one client asked and was told, and when: all that a checker without revisions is given. */
export interface Operation {
  readonly client: number;
  readonly n: number;
  readonly request: Request;
  readonly invokedAt: number;
  /** `Infinity` when nobody knows what became of it: it may take effect at any later time, or never. */
  readonly respondedAt: number;
  /** Undefined when nobody knows. */
  readonly answer: Answer | undefined;
}

/** The same with the revision of the reply; refusals and unknown outcomes have none. */
export interface RevisedOperation extends Operation {
  readonly revision: number | undefined;
}

/** The errors by which a request was judged. */
const VERDICTS = ["ALREADY_EXISTS", "CONFLICT", "NOT_FOUND"];
/** The errors that promise that nothing was done. */
const NOT_DONE = ["BUSY", "CLOSING", "UNAVAILABLE"];
/** The errors that say that nobody knows. */
const UNKNOWN = ["DURABILITY_UNKNOWN", "TIMEOUT"];

/**
 * Brings invocations and responses together, in the order of invocation. What had no effect for
 * certain is left out: a request that was not taken in, and a read without an answer. An error that
 * no request of a history should meet is a `TypeError`.
 */
export function operationsOf(events: readonly HistoryEvent[]): RevisedOperation[] {
  const responses = new Map<string, Response>();
  for (const event of events) {
    if ("method" in event) continue;
    if (responses.has(keyOf(event))) throw new TypeError(`two responses to ${keyOf(event)}`);
    responses.set(keyOf(event), event);
  }
  const invocations = events.filter((event) => "method" in event);
  const operations = invocations.flatMap((invocation) => {
    const response = responses.get(keyOf(invocation));
    responses.delete(keyOf(invocation));
    return joined(invocation, response);
  });
  for (const key of responses.keys()) throw new TypeError(`a response without request: ${key}`);
  return operations.toSorted((a, b) => a.invokedAt - b.invokedAt);
}

/** Takes the revisions out of the hands of a checker that must not see them. */
export function withoutRevisions(operations: readonly RevisedOperation[]): Operation[] {
  return operations.map(({ client, n, request, invokedAt, respondedAt, answer }) => ({
    client,
    n,
    request,
    invokedAt,
    respondedAt,
    answer,
  }));
}

/** Whether an error promises that nothing was done. */
export function isNotDone(code: string): boolean {
  return NOT_DONE.includes(code);
}

/** Whether a request can change anything. */
export function isChange({ method }: Request): boolean {
  return method !== "secret/get" && method !== "vault/read";
}

function joined(invocation: Invocation, response: Response | undefined): RevisedOperation[] {
  const { client, n, at: invokedAt, ...request } = invocation;
  const begun = { client, n, request: request as Request, invokedAt };
  const lost = { ...begun, respondedAt: Infinity, answer: undefined, revision: undefined };
  const unknown = isChange(invocation) ? [lost] : [];
  if (response === undefined) return unknown;
  const respondedAt = response.at;
  if (respondedAt < invokedAt) throw new TypeError(`${keyOf(response)}: answered before asked`);
  if ("result" in response) {
    const { revision, ...result } = response.result as { readonly revision?: number };
    if (revision === undefined) throw new TypeError(`${keyOf(response)}: no revision`);
    return [{ ...begun, respondedAt, answer: answerOf(invocation, result), revision }];
  }
  const { code, version } = response.error;
  if (isNotDone(code)) return [];
  if (UNKNOWN.includes(code)) return unknown;
  if (!VERDICTS.includes(code)) throw new TypeError(`${keyOf(response)} was told ${code}`);
  const answer = { kind: "refused" as const, code, ...(version !== undefined && { version }) };
  return [{ ...begun, respondedAt, answer, revision: undefined }];
}

function answerOf({ method }: Invocation, result: object): Answer {
  switch (method) {
    case "secret/get":
      return { kind: "values", values: [cellOf(result as Cell)] };
    case "vault/read": {
      const { secrets } = result as { readonly secrets: readonly (Cell | null)[] };
      return { kind: "values", values: secrets.map((secret) => secret && cellOf(secret)) };
    }
    case "secret/delete":
    case "secret/set":
      return { kind: "versions", versions: [(result as { readonly version: number }).version] };
    case "vault/batch": {
      const { results } = result as { readonly results: readonly { readonly version: number }[] };
      return { kind: "versions", versions: results.map(({ version }) => version) };
    }
  }
}

function cellOf({ version, value }: Cell): Cell {
  return { version, value };
}

function keyOf({ client, n }: { readonly client: number; readonly n: number }): string {
  return `request ${n} of client ${client}`;
}
