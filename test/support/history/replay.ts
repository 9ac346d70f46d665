import { Evidence } from "./evidence.ts";
import { effect, isSame, lookInto } from "./model.ts";
import type { Cell } from "./model.ts";
import { momentsOf } from "./moments.ts";
import type { Moment } from "./moments.ts";
import { isChange } from "./operation.ts";
import type { RevisedOperation } from "./operation.ts";
import { misplacedRefusal } from "./refusals.ts";
import { describe } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** After so many tries at saying whose an untold revision is, there is no verdict. */
const TRIES = 100_000;

/**
 * Takes the order from the revisions of the replies: it must be that of time where time says
 * something, each change must have a revision of its own, and the model must give every answer
 * when it replays them. A revision that nobody was told must be a change of unknown outcome. The
 * history has to begin with a read that is answered before anything is changed.
 */
export function replay(operations: readonly RevisedOperation[]): Verdict {
  return new Replay(operations).run();
}

type Names = ReadonlyMap<string, Cell>;

class Replay {
  readonly #operations: readonly RevisedOperation[];
  readonly #moments: readonly Moment<RevisedOperation>[];
  readonly #evidence: Evidence;
  /** The highest revision that was told before an operation began. */
  readonly #toldBefore = new Map<RevisedOperation, number>();
  readonly #changes = new Map<number, RevisedOperation>();
  readonly #reads = new Map<number, RevisedOperation[]>();
  readonly #states = new Map<number, Names>();
  readonly #unknown: readonly RevisedOperation[];
  readonly #first: number;
  readonly #last: number;
  /** Where a replay went on from in vain. */
  readonly #failed = new Set<string>();
  /** How often a replay came to the end. */
  #ends = 0;
  #tries = 0;
  #reached = -Infinity;
  #misfit: { readonly operation: RevisedOperation; readonly why: string } | undefined;

  constructor(operations: readonly RevisedOperation[]) {
    this.#operations = operations;
    this.#moments = momentsOf(operations);
    this.#evidence = new Evidence(operations);
    this.#unknown = operations.filter(({ answer }) => answer === undefined);
    const told = operations.filter(({ revision }) => revision !== undefined);
    this.#first = Math.min(...told.map((each) => each.revision! - Number(isChange(each.request))));
    this.#last = Math.max(...told.map(({ revision }) => revision!));
    this.#states.set(this.#first, new Map());
  }

  run(): Verdict {
    if (
      this.#isOrdered() &&
      this.#readsFit(this.#first) &&
      this.#from(this.#first + 1, new Map())
    ) {
      return { kind: "accepted", steps: this.#operations.length };
    }
    if (this.#tries >= TRIES) return { kind: "undecided", why: `no verdict after ${TRIES} tries` };
    const { operation, why } = this.#misfit!;
    return { kind: "rejected", why: `${describe(operation)}: ${why}`, misfit: operation };
  }

  /** Whether revisions follow time; sorts the operations by them on the way. */
  #isOrdered(): boolean {
    let told = this.#first;
    for (const { operation, responds } of this.#moments) {
      const { revision, request } = operation;
      if (!responds) this.#toldBefore.set(operation, told);
      else if (revision !== undefined) {
        const least = this.#toldBefore.get(operation)! + Number(isChange(request));
        const why = `revision ${revision} where at least ${least} was due`;
        if (revision < least) return this.#fail(operation, revision, why);
        if (!this.#file(operation, revision)) return false;
        told = Math.max(told, revision);
      }
    }
    return true;
  }

  #file(operation: RevisedOperation, revision: number): boolean {
    if (!isChange(operation.request)) {
      const others = this.#reads.get(revision) ?? [];
      this.#reads.set(revision, [...others, operation]);
      return true;
    }
    const other = this.#changes.get(revision);
    this.#changes.set(revision, operation);
    if (other === undefined) return true;
    return this.#fail(operation, revision, `revision ${revision} is that of ${describe(other)}`);
  }

  /** Replays from a revision on; `untold` says at which revisions unknown outcomes took effect. */
  #from(revision: number, untold: ReadonlyMap<RevisedOperation, number>): boolean {
    const before = [...this.#states.get(revision - 1)!].toSorted(([a], [b]) => (a < b ? -1 : 1));
    const used = this.#unknown.map((operation) => Number(untold.has(operation)));
    const configuration = JSON.stringify([revision, used, before]);
    if (this.#failed.has(configuration)) return false;
    const ends = this.#ends;
    if (this.#goesOn(revision, untold)) return true;
    // Where refusals were looked at, it counts too what stood before this revision.
    if (this.#ends === ends) this.#failed.add(configuration);
    return false;
  }

  #goesOn(revision: number, untold: ReadonlyMap<RevisedOperation, number>): boolean {
    let next = revision;
    for (; next <= this.#last; next += 1) {
      const change = this.#changes.get(next);
      if (change === undefined) return this.#fill(next, untold);
      if (!this.#apply(change, next)) return false;
    }
    this.#ends += 1;
    const revisionOf = (operation: RevisedOperation): number | undefined =>
      operation.revision ?? untold.get(operation);
    const misplaced = misplacedRefusal(this.#moments, this.#states, revisionOf);
    if (misplaced === undefined) return true;
    const { refusal, highest } = misplaced;
    this.#fail(refusal, next, "it was right at no revision that time allows");
    // It may have met a change behind the last revision that anybody was told.
    return highest >= next && this.#fill(next, untold);
  }

  #fill(revision: number, untold: ReadonlyMap<RevisedOperation, number>): boolean {
    for (const candidate of this.#unknown) {
      if (untold.has(candidate) || this.#toldBefore.get(candidate)! >= revision) continue;
      this.#tries += 1;
      if (this.#tries >= TRIES) return false;
      if (!this.#apply(candidate, revision)) continue;
      if (this.#from(revision + 1, new Map([...untold, [candidate, revision]]))) return true;
    }
    this.#states.delete(revision);
    const later = this.#operations.find((operation) => (operation.revision ?? 0) >= revision);
    const why = `revision ${revision}, up to which it was told, is nobody's`;
    return later === undefined ? false : this.#fail(later, revision, why);
  }

  #apply(change: RevisedOperation, revision: number): boolean {
    const before = this.#states.get(revision - 1)!;
    const { answer, writes } = effect(lookInto(before), change.request);
    if (change.answer === undefined) {
      const permitted = writes.every((write) => this.#evidence.permits(write));
      if (answer.kind !== "versions" || !permitted) return false;
    } else if (!isSame(answer, change.answer)) {
      return this.#fail(change, revision, `the model says ${JSON.stringify(answer)}`);
    }
    const written = writes.map(({ name, version, value }) => [name, { version, value }] as const);
    this.#states.set(revision, new Map([...before, ...written]));
    return this.#readsFit(revision);
  }

  #readsFit(revision: number): boolean {
    const look = lookInto(this.#states.get(revision)!);
    return (this.#reads.get(revision) ?? []).every((read) => {
      const { answer } = effect(look, read.request);
      if (isSame(answer, read.answer!)) return true;
      return this.#fail(read, revision, `the model says ${JSON.stringify(answer)}`);
    });
  }

  /** Remembers the misfit of the replay that came furthest; returns false. */
  #fail(operation: RevisedOperation, revision: number, why: string): false {
    if (revision > this.#reached) {
      this.#reached = revision;
      this.#misfit = { operation, why };
    }
    return false;
  }
}
