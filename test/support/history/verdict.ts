import type { Operation } from "./operation.ts";

/** What a checker says of a history; `undecided` is no success. */
export type Verdict =
  | { readonly kind: "accepted"; readonly steps: number }
  | { readonly kind: "rejected"; readonly why: string; readonly misfit: Operation }
  | { readonly kind: "undecided"; readonly why: string };

/** An operation in one line. */
export function describe(operation: Operation): string {
  const { client, n, invokedAt, respondedAt, request, answer } = operation;
  const end = respondedAt === Infinity ? "?" : milliseconds(respondedAt);
  const told = answer === undefined ? "unknown" : JSON.stringify(answer);
  const asked = `${request.method} ${JSON.stringify(request.params)}`;
  return `[${milliseconds(invokedAt)} … ${end}] client ${client} request ${n}: ${asked} → ${told}`;
}

function milliseconds(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(3);
}
