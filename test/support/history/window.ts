import { namesOf } from "./evidence.ts";
import { linearize } from "./linearize.ts";
import type { Operation } from "./operation.ts";

/**
 * The part of a rejected history that shows why: answers that cannot all be true, as few as
 * suffice, the changes of their names around them, and the last ones acknowledged before.
 */
export function windowOf(
  operations: readonly Operation[],
  { client, n }: Pick<Operation, "client" | "n">,
): Operation[] {
  const misfit = operations.find((each) => each.client === client && each.n === n);
  if (misfit === undefined) throw new TypeError("the misfit is of another history");
  const core = [...contradicted(operations, misfit), misfit];
  const from = Math.min(...core.map(({ invokedAt }) => invokedAt));
  const names = new Set(core.flatMap(({ request }) => namesOf(request)));
  const changes = operations.filter(
    (operation) =>
      !isObservation(operation) && namesOf(operation.request).some((name) => names.has(name)),
  );
  const last = [...names].map((name) =>
    changes
      .filter(({ respondedAt, request }) => respondedAt < from && namesOf(request).includes(name))
      .toSorted((a, b) => a.respondedAt - b.respondedAt)
      .at(-1),
  );
  const around = changes.filter(
    ({ invokedAt, respondedAt }) => invokedAt <= misfit.respondedAt && respondedAt >= from,
  );
  const shown = new Set<Operation | undefined>([...core, ...last, ...around]);
  return operations.filter((operation) => shown.has(operation));
}

/**
 * The observations without which the misfit would fit, by halves (QuickXplain); the latest
 * where there is a choice. They can be left out one by one, which changes cannot.
 */
function contradicted(operations: readonly Operation[], misfit: Operation): Operation[] {
  const end = misfit.respondedAt;
  const begun = operations.filter(({ invokedAt }) => invokedAt <= end);
  const given = begun.filter((operation) => operation === misfit || !isObservation(operation));
  const candidates = begun
    .filter((operation) => operation !== misfit && isObservation(operation))
    .filter(({ respondedAt }) => respondedAt <= end)
    .toSorted((a, b) => b.respondedAt - a.respondedAt);
  const isContradiction = (chosen: readonly Operation[]): boolean => {
    // What was answered later had not been answered then.
    const known = [...given, ...chosen].map((operation) =>
      operation.respondedAt > end ? { ...operation, respondedAt: Infinity } : operation,
    );
    return linearize(known.toSorted((a, b) => a.invokedAt - b.invokedAt)).kind === "rejected";
  };
  // Revisions may show what answers and times do not.
  if (!isContradiction(candidates)) return [];
  const search = (
    chosen: readonly Operation[],
    grew: boolean,
    among: readonly Operation[],
  ): readonly Operation[] => {
    if (among.length === 0 || (grew && isContradiction(chosen))) return [];
    if (among.length === 1) return among;
    const first = among.slice(0, among.length >> 1);
    const second = among.slice(first.length);
    const ofSecond = search([...chosen, ...first], true, second);
    const ofFirst = search([...chosen, ...ofSecond], ofSecond.length > 0, first);
    return [...ofFirst, ...ofSecond];
  };
  return [...search([], true, candidates)];
}

function isObservation({ answer }: Operation): boolean {
  return answer !== undefined && answer.kind !== "versions";
}
