import type { ErrorCode } from "@strongroom/client";
import type { Expect } from "@strongroom/client/protocol";

/** A step of a batch, as a history may hold it. */
export type Step =
  | { readonly op: "check"; readonly name: string; readonly expect: Expect }
  | { readonly op: "delete"; readonly name: string; readonly expect?: Expect }
  | { readonly op: "set"; readonly name: string; readonly value: string; readonly expect?: Expect };

/** What a client may ask for in a history: method and params as they travel. */
export type Request =
  | {
      readonly method: "secret/delete";
      readonly params: { readonly name: string; readonly expect?: Expect };
    }
  | { readonly method: "secret/get"; readonly params: { readonly name: string } }
  | {
      readonly method: "secret/set";
      readonly params: { readonly name: string; readonly value: string; readonly expect?: Expect };
    }
  | { readonly method: "vault/batch"; readonly params: { readonly operations: readonly Step[] } }
  | { readonly method: "vault/read"; readonly params: { readonly names: readonly string[] } };

/** Whose event it is: the n-th request of a client; `at` is in nanoseconds from the history's origin. */
interface Place {
  readonly client: number;
  readonly n: number;
  readonly at: number;
}

/** A request leaves its client. */
export type Invocation = Place & Request;

/** What the client was told: the result as it travelled, or the code of the error. */
export type Response = Place &
  (
    | { readonly error: { readonly code: ErrorCode; readonly version?: number } }
    | { readonly result: object }
  );

/** One line of a history. */
export type HistoryEvent = Invocation | Response;

/** The events of a history's text, one JSON line each. */
export function readHistory(text: string): HistoryEvent[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as HistoryEvent);
}

/** A history's text. */
export function writeHistory(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join("");
}
