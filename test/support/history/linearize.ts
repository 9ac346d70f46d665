import { Evidence, namesOf } from "./evidence.ts";
import { effect, isSame, lookInto } from "./model.ts";
import type { Cell, Effect, Look } from "./model.ts";
import { momentsOf } from "./moments.ts";
import type { Moment } from "./moments.ts";
import type { Operation } from "./operation.ts";
import { describe } from "./verdict.ts";
import type { Verdict } from "./verdict.ts";

/** A usual history takes a few thousand; so many take a few seconds and a hundred megabytes. */
const CONFIGURATIONS = 300_000;

/**
 * Looks for one order of all operations, each at some moment between its invocation and its
 * response, in which the model gives every answer that was given. Names that are not known yet
 * are absent at version 0. The search is Wing and Gong's with Lowe's two additions: a change is
 * put into the order only when the response that comes next needs it, and no configuration
 * (what is in the order, what the names hold) is looked at twice. After so many `configurations`
 * there is no verdict: the same on every machine, however busy.
 */
export function linearize(
  operations: readonly Operation[],
  configurations: number = CONFIGURATIONS,
): Verdict {
  return new Search(operations).run(configurations);
}

type Undo =
  | { readonly invoked: Operation }
  | { readonly ordered: Operation }
  | { readonly name: string; readonly cell: Cell };

/** A point at which there is a choice of what comes next in the order. */
interface Choice {
  readonly trail: number;
  readonly moment: number;
  readonly candidates: readonly Operation[];
  next: number;
}

class Search {
  readonly #moments: readonly Moment[];
  readonly #numbers: ReadonlyMap<Operation, number>;
  readonly #evidence: Evidence;
  readonly #cells = new Map<string, Cell>();
  readonly #look: Look = lookInto(this.#cells);
  /** Invoked, and not in the order yet. */
  readonly #pending = new Set<Operation>();
  readonly #trail: Undo[] = [];
  readonly #seen = new Set<string>();
  #moment = 0;
  #steps = 0;
  #furthest = -1;
  #misfit: Operation | undefined;
  #where: readonly string[] = [];

  constructor(operations: readonly Operation[]) {
    this.#moments = momentsOf(operations);
    this.#numbers = new Map(operations.map((operation, number) => [operation, number]));
    this.#evidence = new Evidence(operations);
  }

  run(limit: number): Verdict {
    const choices: Choice[] = [];
    for (;;) {
      const due = this.#advance();
      if (due === undefined) return { kind: "accepted", steps: this.#steps };
      if (this.#seen.size >= limit) {
        return { kind: "undecided", why: `no verdict after ${limit} configurations` };
      }
      this.#note(due);
      const choice = this.#choose(due);
      if (choice !== undefined) choices.push(choice);
      if (!this.#take(choices)) return this.#rejected();
    }
  }

  /** Moves on to the next response of what is not in the order; undefined at the end. */
  #advance(): Operation | undefined {
    for (; this.#moment < this.#moments.length; this.#moment += 1) {
      const { operation, responds } = this.#moments[this.#moment]!;
      if (!responds) {
        this.#trail.push({ invoked: operation });
        this.#pending.add(operation);
        if (!isChanging(operation)) this.#order(operation);
      } else if (this.#pending.has(operation)) return operation;
    }
    return undefined;
  }

  /** What may come next when `due` must be in the order before anything else happens. */
  #choose(due: Operation): Choice | undefined {
    const configuration = this.#configuration();
    if (this.#seen.has(configuration)) return undefined;
    this.#seen.add(configuration);
    const candidates = [...this.#pending]
      .filter(isChanging)
      // What is due soonest is likeliest; what may never take effect comes last.
      .toSorted((a, b) => a.respondedAt - b.respondedAt || a.invokedAt - b.invokedAt)
      .toSorted((a, b) => Number(b === due) - Number(a === due));
    return { trail: this.#trail.length, moment: this.#moment, candidates, next: 0 };
  }

  /** Takes the next candidate that fits, of the last choice that has one. */
  #take(choices: Choice[]): boolean {
    for (let choice = choices.at(-1); choice !== undefined; choice = choices.at(-1)) {
      this.#back(choice);
      const candidate = choice.candidates[choice.next];
      choice.next += 1;
      if (candidate === undefined) choices.pop();
      else if (this.#order(candidate)) return true;
    }
    return false;
  }

  /**
   * Puts an operation into the order, if it fits. What changes nothing follows as soon as it
   * fits: waiting could not make another order possible.
   */
  #order(operation: Operation): boolean {
    const found = this.#fits(operation);
    if (found === undefined) return false;
    this.#steps += 1;
    this.#settle(operation);
    if (found.writes.length === 0) return true;
    for (const { name, version, value } of found.writes) {
      this.#trail.push({ name, cell: this.#look(name) });
      this.#cells.set(name, { version, value });
    }
    for (const other of this.#pending) {
      if (!isChanging(other) && this.#fits(other) !== undefined) this.#settle(other);
    }
    return true;
  }

  #fits({ request, answer }: Operation): Effect | undefined {
    const found = effect(this.#look, request);
    if (answer !== undefined) return isSame(found.answer, answer) ? found : undefined;
    const { writes } = found;
    // Without an effect it may as well never have happened.
    const possible = writes.length > 0 && writes.every((write) => this.#evidence.permits(write));
    return possible ? found : undefined;
  }

  #settle(operation: Operation): void {
    this.#trail.push({ ordered: operation });
    this.#pending.delete(operation);
  }

  #back({ trail, moment }: Choice): void {
    while (this.#trail.length > trail) {
      const undo = this.#trail.pop()!;
      if ("invoked" in undo) this.#pending.delete(undo.invoked);
      else if ("ordered" in undo) this.#pending.add(undo.ordered);
      else this.#cells.set(undo.name, undo.cell);
    }
    this.#moment = moment;
  }

  #configuration(): string {
    const pending = [...this.#pending].map((operation) => this.#numbers.get(operation)!);
    const cells = [...this.#cells].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return JSON.stringify([this.#moment, pending.toSorted((a, b) => a - b), cells]);
  }

  /** Remembers where the search stood when it came further than ever. */
  #note(due: Operation): void {
    if (this.#moment <= this.#furthest) return;
    this.#furthest = this.#moment;
    this.#misfit = due;
    this.#where = namesOf(due.request).map((name) => {
      const { version, value } = this.#look(name);
      return `${name} was ${value ?? "absent"} at version ${version}`;
    });
  }

  #rejected(): Verdict {
    const misfit = this.#misfit!;
    const why = `${describe(misfit)} fits nowhere; in one of the orders ${this.#where.join(", ")}`;
    return { kind: "rejected", why, misfit };
  }
}

function isChanging({ answer }: Operation): boolean {
  return answer === undefined || answer.kind === "versions";
}
