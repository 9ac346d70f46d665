import { StrongroomError } from "@strongroom/client/protocol";
import type { DaemonState, Params, Result } from "@strongroom/client/protocol";
import { statusOf } from "./handlers/status.ts";
import { openEngine } from "./opened.ts";
import type { EngineParts, Opened } from "./opened.ts";
import { hasRoom } from "./room.ts";
import type { Control, ControlMethod, ServerContext } from "./server/context.ts";
import { StateVariable } from "./state.ts";
import type { DaemonFigures } from "./turn/handler.ts";
import type { Caller, Turn } from "./turn/turn.ts";

/** What a service needs of the daemon around it. */
export interface ServiceOptions extends Omit<EngineParts, "services"> {
  /** What the daemon knows of itself, beside what this service knows. */
  readonly figures: () => Omit<DaemonFigures, "reason" | "state" | "vault">;
  /** Begins an orderly stop; returns at once. */
  readonly stop: () => void;
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

  state(): DaemonState {
    return this.#state.current;
  }

  whenOpened(): Promise<void> {
    if (this.#state.current !== "opening") return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  turn(): StrongroomError | Turn {
    const state = this.#state.current;
    if (state === "failed" || state === "poisoned") return this.#error ?? closing();
    return this.#opened?.engine ?? closing();
  }

  identity(): { readonly vault: string | null; readonly revision: number } {
    const opened = this.#opened;
    return {
      vault: opened?.vault.vaultId ?? null,
      revision: opened?.state.counters.revision ?? 0,
    };
  }

  async execute<M extends ControlMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    if (this.#opened !== undefined) return this.#opened.engine.execute(method, params, caller);
    if (method === "daemon/stop") this.#options.stop();
    const detail = "detail" in params && params.detail;
    const status = statusOf(this.#figures(), undefined, detail);
    return (method === "daemon/stop" ? { revision: 0 } : status) as Result<M>;
  }

  async #open(): Promise<void> {
    const began = performance.now();
    try {
      const services = { stop: () => this.#options.stop(), figures: () => this.#figures() };
      const opened = await openEngine({ ...this.#options, services });
      this.#opened = opened;
      this.#error = opened.vault.reason;
    } catch (error) {
      this.#error = error instanceof StrongroomError ? error : unforeseen(error);
      this.#opened = undefined;
    }
    if (this.#state.current !== "opening") return;
    const reason = this.#error?.message;
    if (this.#opened === undefined) this.#state.move("failed", reason);
    else if (this.#opened.vault.mode === "read-write") this.#state.move("open");
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

function closing(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping", {
    hint: "try again: the next request starts a new daemon",
  });
}

function unforeseen(cause: unknown): StrongroomError {
  return new StrongroomError(
    "INTERNAL",
    "the vault could not be opened for a reason not foreseen",
    {
      hint: "strongroom doctor",
      cause,
    },
  );
}
