import { isDeepStrictEqual } from "node:util";
import { StrongroomError } from "@strongroom/client/protocol";
import type { DiskVault } from "./disk-vault.ts";
import { observe, observed, send } from "./drive.ts";
import type { Acks } from "./enumerate.ts";
import { Model } from "./model.ts";
import type { ModelAnswer, ModelRequest } from "./model.ts";

type State = Model["state"];

/** Requests that were sent in one turn, and the states that each outcome may have left. */
export interface Group {
  readonly requests: readonly ModelRequest[];
  /** By outcome; what was `refused` for want of room may have left its deletions. */
  readonly left: { acknowledged: State[]; refused: State[]; unknown: State[] };
}

const EPOCH = 1_700_000_000_000;

/** Sends groups of requests and knows which states the vault may be in. */
export class Ledger {
  readonly #acks: Acks<Group>;
  readonly #signal = new AbortController().signal;

  constructor(acks: Acks<Group>) {
    this.#acks = acks;
  }

  /** The states that what was acknowledged, and what is unknown, allow. */
  possible(): readonly State[] {
    const last = this.#acks.entries.at(-1);
    return last === undefined ? [new Model().state] : last.operation.left[last.outcome];
  }

  /** Sends requests together; throws when the vault says that the outcome is unknown. */
  async send(vault: DiskVault, requests: readonly ModelRequest[]): Promise<void> {
    const wall = this.#setClock(vault);
    const before = this.possible();
    const whole = before.map((state) => after(state, requests, wall));
    const freeing = before.map((state) => after(state, requests.filter(frees), wall));
    const states = whole.map(({ state }) => state);
    const part = freeing.map(({ state }) => state);
    const left = {
      acknowledged: states,
      refused: [...before, ...part],
      unknown: [...before, ...states, ...part],
    };
    await this.#acks.run({ requests, left }, async () => {
      const answers = await Promise.all(
        requests.map((request) => send(vault.engine, request, this.#signal)),
      );
      failIfAny(answers, "DURABILITY_UNKNOWN");
      failIfAny(answers, "DISK_FULL");
      left.acknowledged = whole
        .filter((each) => isDeepStrictEqual(each.answers, answers))
        .map(({ state }) => state);
      if (left.acknowledged.length === 0) {
        throw new Error(`wrong answers: ${JSON.stringify({ requests, answers, whole })}`);
      }
    });
  }

  /** Throws unless the vault is in a state that it may be in; from then on it is that one. */
  async settle(vault: DiskVault): Promise<void> {
    const wall = this.#setClock(vault);
    const seen = await observe(vault.engine);
    const matching = this.possible().filter((state) =>
      isDeepStrictEqual(observed(modelOf(state), wall), seen),
    );
    if (matching.length === 0) {
      const wanted = this.possible().map((state) => observed(modelOf(state), wall));
      throw new Error(
        `lost or invented: ${JSON.stringify(seen)} is none of ${JSON.stringify(wanted)}`,
      );
    }
    const left = { acknowledged: matching, refused: matching, unknown: matching };
    await this.#acks.run({ requests: [], left }, async () => {});
  }

  /** The last requests that carried an id: repeated, they must not be executed twice. */
  repeatable(count: number): readonly ModelRequest[] {
    return this.#acks.entries
      .flatMap(({ operation }) => operation.requests)
      .filter(({ id }) => id !== null)
      .slice(-count);
  }

  #setClock(vault: DiskVault): number {
    vault.clock.wall = EPOCH + 1000 * this.#acks.entries.length;
    return vault.clock.wall;
  }
}

function frees({ mutation }: ModelRequest): boolean {
  if (mutation.kind === "purge") return true;
  const steps = mutation.kind === "batch" ? mutation.steps : [mutation.step];
  return steps.every(({ op }) => op !== "set" && op !== "restore");
}

function after(
  state: State,
  requests: readonly ModelRequest[],
  wall: number,
): { readonly state: State; readonly answers: readonly ModelAnswer[] } {
  const model = modelOf(state);
  const answers = requests.map((request) => model.request(request, wall));
  return { state: model.state, answers };
}

function modelOf(state: State): Model {
  const model = new Model();
  model.state = structuredClone(state);
  return model;
}

function failIfAny(
  answers: readonly ModelAnswer[],
  code: "DISK_FULL" | "DURABILITY_UNKNOWN",
): void {
  if (answers.some((answer) => "code" in answer && answer.code === code)) {
    throw new StrongroomError(code, "as the vault answered");
  }
}
