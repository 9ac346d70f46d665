import type { Params, Result } from "@strongroom/client/protocol";
import type { Who } from "../authority/gate.ts";
import type { Ask } from "../flights/step.ts";
import type { VaultView } from "../vault/state.ts";
import type { Services } from "./handler.ts";
import type { KeyTurnParts } from "./key-turn.ts";
import { cancelled } from "./refusal.ts";
import type { Reservations } from "./reservations.ts";
import type { Caller, TurnMethod } from "./turn.ts";

/** What flights need of the turn. */
export interface FlightTurnParts extends Pick<KeyTurnParts, "at" | "check" | "gate" | "state"> {
  readonly services: Pick<Services, "refusal">;
  /** What a key, or the owner, sees of the vault by a method. */
  readonly viewOf: (method: TurnMethod, who: Who | undefined) => VaultView;
}

/** What asks for something that may have to be fetched first. The queue is not held meanwhile. */
export class FlightTurn {
  readonly #parts: FlightTurnParts;
  readonly #reservations: Reservations;

  constructor(parts: FlightTurnParts, reservations: Reservations) {
    this.#parts = parts;
    this.#reservations = reservations;
  }

  /**
   * Who asks is judged in the very step in which the answer leaves, so again after each wait. The
   * request counts once for its rate and quota; what is used of the quota is durable before.
   */
  async execute<M extends TurnMethod>(
    caller: Caller,
    request: {
      readonly method: M;
      readonly params: Params<M>;
      readonly ask: Ask<Result<M>>;
    },
  ): Promise<Result<M>> {
    const { at, check, gate, services, state, viewOf } = this.#parts;
    const { ask, method, params } = request;
    const { key, line, provedAt, session, signal } = caller;
    const who: Who | undefined = key === undefined ? undefined : { key, session };
    let hasWaited = false;
    for (let isCounted = who === undefined; ;) {
      check();
      const locked = services.refusal?.();
      if (locked !== undefined) {
        if (ask.locked !== undefined && hasWaited) return ask.locked();
        throw locked;
      }
      const least = at();
      const asks = { method, params, least };
      if (who === undefined) gate.admitOwner(state.counters, provedAt);
      else if (isCounted) gate.check(state.keys, who, asks);
      else {
        const waiting = this.#counted(who, asks);
        if (waiting !== undefined) {
          await unlessTakenBack(waiting, { line, signal });
          continue;
        }
        isCounted = true;
      }
      const step = ask(least, viewOf(method, who));
      if ("result" in step) return step.result;
      hasWaited = true;
      await unlessTakenBack(step.wait, { line, signal }, step.left);
    }
  }

  /** Counts it; or what is waited for until it can be, and then all is judged again. */
  #counted<M extends TurnMethod>(
    who: Who,
    request: { readonly method: M; readonly params: Params<M>; readonly least: number },
  ): Promise<void> | undefined {
    const { gate, state } = this.#parts;
    const record = gate.check(state.keys, who, request);
    if (record.quota !== undefined && gate.grants.left(record) < 1) {
      return this.#reservations.made({ id: record.id, need: 1 });
    }
    gate.admit(state.keys, who, request);
    if (record.quota !== undefined) gate.grants.take(record);
    return undefined;
  }
}

/**
 * Whoever takes a request back waits no longer; what it waited for goes on. Whose key has ended
 * waits no longer either, and is judged again.
 */
async function unlessTakenBack(
  wait: Promise<void>,
  { line, signal }: Pick<Caller, "line" | "signal">,
  isLeft?: () => void,
): Promise<void> {
  const left = new AbortController();
  const leave = (): void => {
    isLeft?.();
    left.abort();
  };
  signal.addEventListener("abort", leave, { once: true });
  if (signal.aborted) leave();
  let unlisten: (() => void) | undefined;
  const retired = new Promise<void>((resolve) => {
    unlisten = line?.retired.on(() => {
      isLeft?.();
      resolve();
    });
  });
  try {
    await Promise.race([wait, retired, rejected(left.signal)]);
  } finally {
    unlisten?.();
    signal.removeEventListener("abort", leave);
  }
}

function rejected(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(cancelled());
    else signal.addEventListener("abort", () => reject(cancelled()), { once: true });
  });
}
