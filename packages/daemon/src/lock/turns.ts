import type { DaemonState, Params, Result, StrongroomError } from "@strongroom/client/protocol";
import { Serial } from "../guard/serial.ts";
import { closing } from "../not-open.ts";
import type { Asker } from "./asker.ts";
import type { Keeper } from "./keeper.ts";

/** What locking and unlocking needs of the vault's service. */
export interface LockTurnsParts {
  readonly keeper: Keeper;
  readonly state: () => DaemonState;
  /** Resolves when the state is no longer `opening`. */
  readonly whenOpened: () => Promise<void>;
  /** Opens a vault that is locked; resolves with what kept it from being opened. */
  readonly open: (given: Given) => Promise<StrongroomError | undefined>;
  /** Whether this process ever held the key of the vault. */
  readonly isInitiated: () => boolean;
  readonly revision: () => number;
  /** What the owner should know of how it was opened, a line each. */
  readonly remarks: () => readonly string[];
  /** Ends this process; another one answers the asker. */
  readonly leave: (asker?: Asker) => Promise<Result<"vault/lock">>;
}

/** What somebody gives that opens a slot. */
export type Given = Pick<Params<"vault/unlock">, "identity" | "passphrase">;

/** Rejects where whoever asks must prove a slot, and neither did nor gives what opens one. */
type Admit = (given: Given) => Promise<void>;

/** Locks, unlocks and reopenings, one after the other: each finds what the one before has left. */
export class LockTurns {
  readonly #parts: LockTurnsParts;
  readonly #serial = new Serial();

  constructor(parts: LockTurnsParts) {
    this.#parts = parts;
  }

  async lock(asker: Asker): Promise<Result<"vault/lock">> {
    const { isInitiated, keeper, leave, state, whenOpened } = this.#parts;
    const leaving = await this.#serial.run(async () => {
      await whenOpened();
      await keeper.lock("asked");
      // Who has never held the key has nothing to forget.
      if (state() === "locked" && !isInitiated()) return undefined;
      // Not waited for here, for it never comes: the next who asks is handed over as well.
      return { answer: leave(asker) };
    });
    return await (leaving?.answer ?? { state: "locked", revision: 0 });
  }

  /** `admit` is asked in its turn, when the vault is open: rejects when whoever asks may not. */
  unlock(params: Params<"vault/unlock">, admit: Admit): Promise<Result<"vault/unlock">> {
    return this.#serial.run(() => this.#unlock(params, admit));
  }

  /** Locks the vault when one of its times is over; asked before anything is answered. */
  lockIfDue(isUse: boolean): void {
    const { keeper, leave } = this.#parts;
    const why = keeper.judge(isUse);
    if (why === undefined) return;
    // Without its marker the vault would be open again; it is tried again at the next look.
    this.#serial
      .run(() => keeper.lock(why))
      .then(() => leave())
      // Where no process could be started this one ends all the same.
      .catch(() => undefined);
  }

  /** Opens anew a vault that is open: not when it has to be locked meanwhile. */
  reopen(work: () => Promise<void>): Promise<void> {
    return this.#serial.run(async () => {
      if (this.#parts.keeper.refusal === undefined) await work();
    });
  }

  async #unlock(
    { autolock, ...given }: Params<"vault/unlock">,
    admit: Admit,
  ): Promise<Result<"vault/unlock">> {
    const { isInitiated, keeper, leave, open, revision, state, whenOpened } = this.#parts;
    await whenOpened();
    const before = state();
    // What kept it shut may be mended by now: a program of a slot, a file.
    const wasShut = before === "locked" || before === "failed";
    if (wasShut) {
      const failure = await open(given);
      if (failure !== undefined) {
        // It got as far as the key: what it read must not stay with a vault that is locked.
        const stays = before === "locked" && isInitiated();
        if (stays) setImmediate(() => void leave().catch(() => undefined));
        throw failure;
      }
    }
    // That it opened is no proof: a slot may have opened it that needs nobody.
    if (!wasShut || autolock !== undefined) await admit(given);
    // Once its marker is there that is for the process which follows.
    if (!wasShut && !keeper.excuse()) throw closing();
    const now = state();
    if (now !== "open" && now !== "read-only") throw closing();
    if (autolock !== undefined) await keeper.choose(autolock);
    const remarks = wasShut ? this.#parts.remarks() : [];
    const told = remarks.length === 0 ? {} : { remarks };
    return { state: now, unlocked: wasShut, ...told, revision: revision() };
  }
}
