import type { StrongroomError } from "@strongroom/client/protocol";
import { Flights, noMore } from "../flights/flights.ts";
import { heldBack, Holds } from "../flights/holds.ts";
import { refusalOf } from "../turn/refusal.ts";
import type { Caller } from "../turn/turn.ts";
import type { Clock } from "../vault/clock.ts";
import type { RenewerRecord } from "../vault/renewer-record.ts";
import type { Renewer } from "./renewer.ts";

/** What the renewers of a vault are used with. */
export interface RenewalsParts {
  readonly renewer: Pick<Renewer, "renew">;
  readonly clock: Pick<Clock, "monotonic">;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** Whether that process is of a program which renews a secret now. */
  readonly isOwn: (pid: number) => boolean;
}

/** The renewers in use: one run a secret at a time, and what holds the next one back. */
export class Renewals {
  readonly #parts: RenewalsParts;
  readonly #flights = new Flights();
  readonly #holds: Holds;

  constructor(parts: RenewalsParts) {
    this.#parts = parts;
    this.#holds = new Holds(parts.clock, parts.random);
  }

  /** Whether any program runs. */
  get isBusy(): boolean {
    return this.#flights.isAny;
  }

  /** Why its program is not started now; undefined when it may be, or runs. */
  refusal({ generation, name }: RenewerRecord): StrongroomError | undefined {
    if (this.#flights.current(name) !== undefined) return undefined;
    if (this.#flights.isClosing) return noMore();
    const hold = this.#holds.of(name, generation);
    return hold && heldBack(hold.error, hold.leftMs);
  }

  /** The run of its program: begun, or joined. It rejects with why there is no young value. */
  renew({ generation, name }: RenewerRecord): Promise<void> {
    return this.#flights.join(name, async (signal) => {
      try {
        await this.#parts.renewer.renew(name, signal);
        this.#holds.clear(name);
      } catch (thrown) {
        const error = refusalOf(thrown);
        this.#holds.failed(name, generation, error);
        throw error;
      }
    });
  }

  /** Whether whoever asks is a program that renews a secret, as far as that is known. */
  isAskedByItself({ claimed, who }: Pick<Caller, "claimed" | "who">): boolean {
    const pid = who?.pid ?? claimed;
    return pid !== undefined && this.isBusy && this.#parts.isOwn(pid);
  }

  /** From now on none begins; resolves when those under way have ended, or were told to. */
  land(pause: (ms: number, signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#flights.close(pause);
  }
}
