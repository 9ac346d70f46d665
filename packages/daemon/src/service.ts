import { StrongroomError } from "@strongroom/client/protocol";
import type { DaemonState, Params, Result } from "@strongroom/client/protocol";
import { hasVault, readVaultId } from "./keys/vault-file.ts";
import type { Asker } from "./lock/asker.ts";
import { LockTurns } from "./lock/turns.ts";
import type { Given } from "./lock/turns.ts";
import { closing, KEYLESS, unforeseen, withoutVault } from "./not-open.ts";
import { openEngine } from "./opened.ts";
import type { Opened } from "./opened.ts";
import { Reopening } from "./reopening.ts";
import { hasRoom } from "./room.ts";
import type { Control, ControlMethod, ServerContext } from "./server/context.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import type { Opening, ServiceOptions } from "./service-options.ts";
import { StateVariable } from "./state.ts";
import type { DaemonFigures } from "./turn/handler.ts";
import type { Caller, Turn } from "./turn/turn.ts";

/** Opening again may take at most this part of the time. */
const RETRY_SHARE = 10;

/** The vault in every state that the daemon can be in, as the server meets it. */
export class Service implements Control, ServerContext {
  readonly control: Control = this;
  readonly #options: ServiceOptions;
  readonly #state: StateVariable;
  #opened: Opened | undefined;
  #error: StrongroomError | undefined;
  #opening: Promise<void> = Promise.resolve();
  #waiting: (() => void)[] = [];
  readonly #reopening: Reopening;
  #vaultId: string | undefined;
  /** Whether this process ever held the key. */
  #isInitiated = false;
  readonly #lockTurns: LockTurns;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#vaultId = options.vaultId;
    this.#state = new StateVariable((state) => this.#moved(state));
    this.#reopening = new Reopening({
      everyMs: options.retryMs,
      isWanted: () => this.#state.current === "read-only",
      hasRoom: () =>
        hasRoom(options.folders.vault, this.#opened?.vault.log.figures().snapshotBytes ?? 0),
      reopen: () => this.#reopen(),
    });
    this.#lockTurns = new LockTurns({
      keeper: options.keeper,
      state: () => this.#state.current,
      whenOpened: () => this.whenOpened(),
      open: (given) => this.#unlock(given),
      isInitiated: () => this.#isInitiated,
      revision: () => this.identity().revision,
      remarks: () => this.#opened?.remarks ?? [],
      leave: options.leave,
    });
  }

  /** Why the vault could not be opened, is read-only, or can no longer be trusted. */
  get error(): StrongroomError | undefined {
    return this.#error;
  }

  /** The vault once it is open, or what is left of it. */
  get opened(): Opened | undefined {
    return this.#opened;
  }

  /** Opens the vault; resolves when it is known what became of it, and never rejects. */
  open(): Promise<void> {
    this.#opening = this.#open({ kind: "start" }).then(() => undefined);
    return this.#opening;
  }

  /** Locks the vault when one of its times is over; asked before anything is answered. */
  lockIfDue(isUse = false): void {
    const { current } = this.#state;
    if (current === "open" || current === "read-only") this.#lockTurns.lockIfDue(isUse);
  }

  lock(asker: Asker): Promise<Result<"vault/lock">> {
    return this.#lockTurns.lock(asker);
  }

  async unlock(
    params: Params<"vault/unlock">,
    { provedAt }: Pick<Caller, "provedAt">,
  ): Promise<Result<"vault/unlock">> {
    // Whoever may not use an open vault does not say either when it locks itself.
    return await this.#lockTurns.unlock(params, async (given) => {
      await this.#opened?.admitOwner(provedAt, given);
    });
  }

  /** Throws `DURABILITY_UNKNOWN` when the vault's files are no longer ours. */
  fence(): void {
    if (this.#state.current !== "open") return;
    try {
      this.#opened?.vault.log.fence();
    } catch (error) {
      // Where no file can be opened the next look will tell.
      if (!(error instanceof StrongroomError && error.code === "BUSY")) throw error;
    }
  }

  /** From now on nothing is believed or promised any more. */
  poison(error: StrongroomError): void {
    if (this.#state.current === "poisoned") return;
    this.#error = error;
    this.#state.move("poisoned", error.message);
  }

  /** New requests on new connections are of a daemon that ends; those accepted are still served. */
  beginClosing(): void {
    if (this.#state.current !== "poisoned") this.#state.move("closing");
    this.#reopening.stop();
  }

  /** Answers what was accepted and closes the files; `beginClosing` comes first. */
  async close(): Promise<void> {
    await this.#opening;
    await this.#opened?.engine.drain();
    await this.#opened?.vault.log.close();
  }

  state(): DaemonState {
    this.lockIfDue();
    return this.#options.keeper.refusal === undefined ? this.#state.current : "locked";
  }

  whenOpened(): Promise<void> {
    if (this.#state.current !== "opening") return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  turn(isUse: boolean): StrongroomError | Turn {
    const state = this.#state.current;
    if (state === "failed" || state === "locked" || state === "poisoned") {
      return this.#error ?? closing();
    }
    this.lockIfDue(isUse);
    return this.#options.keeper.refusal ?? this.#opened?.engine ?? closing();
  }

  used(): void {
    this.lockIfDue(true);
  }

  identity(): { readonly vault: string | null; readonly revision: number } {
    const opened = this.#opened;
    return {
      vault: opened?.vault.vaultId ?? this.#vaultId ?? null,
      revision: opened?.state.counters.revision ?? 0,
    };
  }

  async execute<M extends ControlMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    this.lockIfDue();
    const isLocked = method !== "daemon/stop" && this.#options.keeper.refusal !== undefined;
    if (this.#opened !== undefined && !isLocked) {
      return this.#opened.engine.execute(method, params, caller);
    }
    const { stop } = this.#options;
    return withoutVault({ method, params, caller }, { figures: () => this.#figures(), stop });
  }

  async #unlock(given: Given): Promise<StrongroomError | undefined> {
    const locked = this.#state.current === "locked" ? this.#error : undefined;
    this.#state.move("opening");
    const opening = this.#open({ kind: "unlock", given, locked });
    this.#opening = opening.then(() => undefined);
    return await opening;
  }

  /** Resolves with what kept the vault from being opened. */
  async #open(how: Opening): Promise<StrongroomError | undefined> {
    const began = performance.now();
    const { endSessions, folders, keeper, stop } = this.#options;
    let failure: StrongroomError | undefined;
    try {
      const disk = new NodeDisk();
      this.#vaultId = await readVaultId(disk, folders.vault);
      if (how.kind === "start" && hasVault(disk, folders.vault)) await keeper.checkUnlocked();
      const refusal = (): StrongroomError | undefined => {
        this.lockIfDue();
        return keeper.refusal;
      };
      const services = { endSessions, stop, refusal, figures: () => this.#figures() };
      const given = how.kind === "unlock" ? how.given : {};
      const lost = this.#opened?.engine.lost ?? 0;
      this.#opened = await openEngine({ ...this.#options, lost, given, services });
      this.#isInitiated = true;
      if (how.kind !== "again") await keeper.opened();
      this.#error = this.#opened.vault.reason;
    } catch (error) {
      failure = error instanceof StrongroomError ? error : unforeseen(error);
      this.#isInitiated ||= !KEYLESS.has(failure.code);
      this.#error = how.kind === "unlock" ? (how.locked ?? failure) : failure;
      this.#opened = undefined;
    }
    if (this.#state.current !== "opening") return failure;
    const reason = this.#error?.message;
    if (this.#opened === undefined) {
      const locked = this.#error?.code === "LOCKED";
      this.#state.move(locked ? "locked" : "failed", reason);
    } else if (this.#opened.vault.mode === "read-write") this.#state.move("open");
    else {
      this.#reopening.after((performance.now() - began) * RETRY_SHARE);
      this.#state.move("read-only", reason);
    }
    return failure;
  }

  #reopen(): Promise<void> {
    this.lockIfDue();
    return this.#lockTurns.reopen(async () => {
      const opened = this.#opened;
      if (this.#state.current !== "read-only" || opened === undefined) return;
      // The claim that opening makes would look like another's to the old engine's fence.
      this.#state.move("opening");
      await opened.engine.drain();
      await opened.vault.log.close();
      this.#opening = this.#open({ kind: "again" }).then(() => undefined);
      await this.#opening;
    });
  }

  #figures(): DaemonFigures {
    const state = this.state();
    const reason = this.#options.keeper.refusal?.message ?? this.#state.reason;
    return {
      state,
      ...(reason === undefined ? {} : { reason }),
      vault: this.identity().vault,
      ...this.#options.figures(),
    };
  }

  #moved(state: DaemonState): void {
    if (state !== "opening") for (const resolve of this.#waiting.splice(0)) resolve();
    this.#options.moved(state);
  }
}
