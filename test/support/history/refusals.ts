import { effect, isSame, lookInto } from "./model.ts";
import type { Cell } from "./model.ts";
import type { Moment } from "./moments.ts";
import { isChange } from "./operation.ts";
import type { RevisedOperation } from "./operation.ts";

/** What the names held from each revision on. */
export type States = ReadonlyMap<number, ReadonlyMap<string, Cell>>;

/** The revision at which an operation took effect, where that is known. */
export type RevisionOf = (operation: RevisedOperation) => number | undefined;

/** A refusal that is right at no revision that time allows, and the highest that it allows. */
export interface Misplaced {
  readonly refusal: RevisedOperation;
  readonly highest: number;
}

/**
 * Refusals carry no revision: looks for one at which each is right, as low as time lets it, so
 * that those which follow have all the room there is. Returns the first refusal that has none.
 */
export function misplacedRefusal(
  moments: readonly Moment<RevisedOperation>[],
  states: States,
  revisionOf: RevisionOf,
): Misplaced | undefined {
  const ceilings = highestRevisions(moments, revisionOf);
  const lowest = new Map<RevisedOperation, number>();
  let floor = Math.min(...states.keys());
  for (const { operation, responds } of moments) {
    if (!responds) lowest.set(operation, floor);
    else if (operation.answer?.kind !== "refused") {
      floor = Math.max(floor, revisionOf(operation) ?? floor);
    } else {
      const { answer, request } = operation;
      const highest = ceilings.get(operation)!;
      let place = lowest.get(operation)!;
      while (true) {
        const state = states.get(place);
        if (state === undefined || place > highest) return { refusal: operation, highest };
        if (isSame(effect(lookInto(state), request).answer, answer)) break;
        place += 1;
      }
      floor = Math.max(floor, place);
    }
  }
  return undefined;
}

/** What was asked after an operation had been answered took effect after it. */
function highestRevisions(
  moments: readonly Moment<RevisedOperation>[],
  revisionOf: RevisionOf,
): Map<RevisedOperation, number> {
  const highest = new Map<RevisedOperation, number>();
  let ceiling = Infinity;
  for (const { operation, responds } of moments.toReversed()) {
    if (responds) highest.set(operation, ceiling);
    else {
      const revision = revisionOf(operation) ?? Infinity;
      ceiling = Math.min(ceiling, isChange(operation.request) ? revision - 1 : revision);
    }
  }
  return highest;
}
