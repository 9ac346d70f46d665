import { StrongroomError } from "@strongroom/client/protocol";
import type { DaemonState, Params, Result } from "@strongroom/client/protocol";
import { statusOf } from "./handlers/status.ts";
import { readVaultId } from "./keys/vault-file.ts";
import type { Asker } from "./lock/asker.ts";
import type { Keeper } from "./lock/keeper.ts";
import { closing, unforeseen } from "./not-open.ts";
import { openEngine } from "./opened.ts";
import type { EngineParts, Opened } from "./opened.ts";
import { hasRoom } from "./room.ts";
import type { Control, ControlMethod, ServerContext } from "./server/context.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import { StateVariable } from "./state.ts";
import type { DaemonFigures } from "./turn/handler.ts";
import type { Caller, Turn } from "./turn/turn.ts";

/** What a service needs of the daemon around it. */
export interface ServiceOptions extends Omit<EngineParts, "services"> {
  /** What the daemon knows of itself, beside what this service knows. */
  readonly figures: () => Omit<DaemonFigures, "reason" | "state" | "vault">;
  /** Begins an orderly stop; returns at once. */
  readonly stop: () => void;
  /** Ends the connections of an API key. */
  readonly endSessions: (key: string) => void;
  /** Ends this process because the vault is locked; another one answers the asker. */
  readonly leave: (asker?: Asker) => Promise<Result<"vault/lock">>;
  readonly keeper: Keeper;
  /** Called after each move of the state. */
  readonly moved: (state: DaemonState) => void;
  /** Milliseconds between looks whether a read-only vault can be written again. */
  readonly retryMs: number;
}

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
  #retry: NodeJS.Timeout | undefined;
  /** Known while the vault is locked. */
  #vaultId: string | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#state = new StateVariable((state) => this.#moved(state));
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
    this.#opening = this.#open();
    return this.#opening;
  }

  /** Locks the vault when one of its times is over; asked before anything is answered. */
  lockIfDue(isUse = false): void {
    if (this.#state.current !== "open" && this.#state.current !== "read-only") return;
    const { keeper, leave } = this.#options;
    const why = keeper.judge(isUse);
    if (why === undefined) return;
    // Without its marker the vault would be open again; it is tried again at the next look.
    keeper.lock(why).then(
      () => leave(),
      () => undefined,
    );
  }

  async lock(asker: Asker): Promise<Result<"vault/lock">> {
    await this.whenOpened();
    await this.#options.keeper.lock("asked");
    if (this.#state.current === "locked") return { state: "locked", revision: 0 };
    return await this.#options.leave(asker);
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
    clearTimeout(this.#retry);
  }

  /** Answers what was accepted and closes the files; `beginClosing` comes first. */
  async close(): Promise<void> {
    await this.#opening;
    await this.#opened?.engine.drain();
    await this.#opened?.vault.log.close();
  }

  async unlock({ autolock, passphrase }: Params<"vault/unlock">): Promise<Result<"vault/unlock">> {
    await this.whenOpened();
    const wasLocked = this.#state.current === "locked";
    if (wasLocked) {
      this.#state.move("opening");
      this.#opening = this.#open({ passphrase });
      await this.#opening;
    }
    this.lockIfDue();
    // Once it is being locked, that is for the process that follows.
    const { current } = this.#state;
    if (this.#options.keeper.refusal !== undefined || current === "closing") throw closing();
    if (this.#opened === undefined) throw this.#error ?? closing();
    if (autolock !== undefined) await this.#options.keeper.choose(autolock);
    const { revision } = this.identity();
    return { state: this.#state.current, unlocked: wasLocked, revision };
  }

  state(): DaemonState {
    return this.#state.current;
  }

  whenOpened(): Promise<void> {
    if (this.#state.current !== "opening") return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  turn(): StrongroomError | Turn {
    const state = this.#state.current;
    if (state === "failed" || state === "locked" || state === "poisoned") {
      return this.#error ?? closing();
    }
    this.lockIfDue(true);
    return this.#options.keeper.refusal ?? this.#opened?.engine ?? closing();
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
    if (this.#opened !== undefined) return this.#opened.engine.execute(method, params, caller);
    if (method === "daemon/stop") this.#options.stop();
    const detail = "detail" in params && params.detail;
    const status = statusOf(this.#figures(), undefined, detail);
    return (method === "daemon/stop" ? { revision: 0 } : status) as Result<M>;
  }

  /** `unlocking`: the owner asks for it, and may have said a passphrase. */
  async #open(unlocking?: { readonly passphrase: string | undefined }): Promise<void> {
    const began = performance.now();
    const { folders, keeper } = this.#options;
    try {
      this.#vaultId = await readVaultId(new NodeDisk(), folders.vault);
      if (unlocking === undefined && this.#vaultId !== undefined) await keeper.checkUnlocked();
      const { endSessions, stop } = this.#options;
      const services = { endSessions, stop, figures: () => this.#figures() };
      const passphrase = unlocking?.passphrase;
      const opened = await openEngine({ ...this.#options, passphrase, services });
      await keeper.opened();
      this.#opened = opened;
      this.#error = opened.vault.reason;
    } catch (error) {
      this.#error = error instanceof StrongroomError ? error : unforeseen(error);
      this.#opened = undefined;
    }
    if (this.#state.current !== "opening") return;
    const reason = this.#error?.message;
    if (this.#opened === undefined) {
      const locked = unlocking !== undefined || this.#error?.code === "LOCKED";
      this.#state.move(locked ? "locked" : "failed", reason);
    } else if (this.#opened.vault.mode === "read-write") this.#state.move("open");
    else {
      this.#retryAfter((performance.now() - began) * RETRY_SHARE);
      this.#state.move("read-only", reason);
    }
  }

  #retryAfter(leastMs: number): void {
    const ms = Math.max(leastMs, this.#options.retryMs);
    this.#retry = setTimeout(() => void this.#tryToWrite(), ms).unref();
  }

  async #tryToWrite(): Promise<void> {
    const opened = this.#opened;
    if (this.#state.current !== "read-only" || opened === undefined) return;
    const { snapshotBytes } = opened.vault.log.figures();
    const room = await hasRoom(this.#options.folders.vault, snapshotBytes);
    if (this.#state.current !== "read-only") return;
    if (!room) return this.#retryAfter(0);
    // The claim that opening makes would look like another's to the old engine's fence.
    this.#state.move("opening");
    await opened.engine.drain();
    await opened.vault.log.close();
    await this.open();
  }

  #figures(): DaemonFigures {
    const { current: state, reason } = this.#state;
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
