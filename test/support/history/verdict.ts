import type { Cell } from "./model.ts";
import { namesOf } from "./evidence.ts";
import type { Operation } from "./operation.ts";

/** What a checker says of a history; `undecided` is no success. */
export type Verdict =
  | { readonly kind: "accepted"; readonly steps: number }
  | { readonly kind: "rejected"; readonly why: string; readonly window: readonly Operation[] }
  | { readonly kind: "undecided"; readonly why: string };

/**
 * The part of a history that shows a violation: what overlaps the operation that does not fit
 * and shares a name with it, and the last change of these names that was acknowledged before.
 */
export function windowOf(operations: readonly Operation[], misfit: Operation): Operation[] {
  const names = new Set(namesOf(misfit.request));
  const about = operations.filter(({ request }) =>
    namesOf(request).some((name) => names.has(name)),
  );
  const before = about.filter(({ respondedAt }) => respondedAt < misfit.invokedAt);
  const last = [...names].flatMap(
    (name) =>
      before
        .filter(({ answer }) => answer?.kind === "versions")
        .filter(({ request }) => namesOf(request).includes(name))
        .toSorted((a, b) => a.respondedAt - b.respondedAt)
        .at(-1) ?? [],
  );
  return about.filter(
    (operation) =>
      last.includes(operation) ||
      (operation.invokedAt <= misfit.respondedAt && operation.respondedAt >= misfit.invokedAt),
  );
}

/** An operation in one line. */
export function describe(operation: Operation): string {
  const { client, n, invokedAt, respondedAt, request, answer } = operation;
  const end = respondedAt === Infinity ? "?" : milliseconds(respondedAt);
  const told = answer === undefined ? "unknown" : JSON.stringify(answer);
  const asked = `${request.method} ${JSON.stringify(request.params)}`;
  return `[${milliseconds(invokedAt)} … ${end}] client ${client} request ${n}: ${asked} → ${told}`;
}

/** A name as it stands, in words. */
export function describeCell(name: string, { version, value }: Cell): string {
  return `${name} is ${value === null ? "absent" : value} at version ${version}`;
}

function milliseconds(nanoseconds: number): string {
  return (nanoseconds / 1e6).toFixed(3);
}
