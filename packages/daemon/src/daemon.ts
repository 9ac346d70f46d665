import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { PROTOCOL, StrongroomError, VERSION } from "@strongroom/client/protocol";
import type { DaemonState, Result } from "@strongroom/client/protocol";
import type { DaemonOptions } from "./daemon-options.ts";
import { Departure } from "./departure.ts";
import { STATUS } from "./ending.ts";
import type { Ending } from "./ending.ts";
import { assertNoInspector } from "./guard/inspector.ts";
import { describeLastExit, noteExit } from "./guard/last-exit.ts";
import { Ownership } from "./guard/ownership.ts";
import type { LockedVault } from "./guard/start.ts";
import { lockOrTakeOver } from "./guard/take-over.ts";
import type { Asker } from "./lock/asker.ts";
import { handOver } from "./lock/hand-over.ts";
import { Keeper } from "./lock/keeper.ts";
import { openLog } from "./logging/log.ts";
import type { Log } from "./logging/log.ts";
import { once } from "./once.ts";
import { Presence } from "./presence.ts";
import { Publication } from "./publication.ts";
import { Server } from "./server/listener.ts";
import { Service } from "./service.ts";
import type { ServiceOptions } from "./service-options.ts";
import { readVaultId } from "./keys/vault-file.ts";
import { NodeDisk } from "./storage/node-disk.ts";
import { TIMES } from "./times.ts";
import type { Times } from "./times.ts";

/** In these a daemon stays as long as it was told to. */
const STAYING: ReadonlySet<DaemonState> = new Set(["locked", "open", "read-only"]);

/** The one daemon of a vault, from its start to its end. */
export class Daemon {
  /** How it ended; the process should follow at once. */
  readonly ended: Promise<Ending>;
  readonly #options: DaemonOptions;
  readonly #times: Times;
  readonly #log: Log;
  readonly #keeper: Keeper;
  readonly #service: Service;
  readonly #server: Server;
  readonly #presence = new Presence(() => void this.#leave());
  readonly #ownership: Ownership;
  readonly #publication: Publication;
  readonly #departure: Departure;
  readonly #remark: (line: string) => void;
  readonly #lastExit: string | null;
  #end: (ending: Ending) => void = () => undefined;

  private constructor(options: DaemonOptions, locked: LockedVault, vaultId: string | undefined) {
    const { home, env, logLevel, mayCreate } = options;
    this.#remark = once(options.say);
    this.#options = options;
    this.#times = { ...TIMES, ...options.times };
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#log = openLog({ folder: home.log, level: logLevel });
    const { logger } = this.#log;
    this.#keeper = new Keeper(new NodeDisk(), home.state);
    this.#service = new Service({
      folders: { ...home, vault: locked.vault },
      vaultId,
      mayCreate,
      figures: () => this.#figures(),
      keeper: this.#keeper,
      endSessions: (key) => this.#server.endSessions(key),
      leave: (asker) => this.#leaveLocked(asker),
      // The reply to the request still has to be written.
      stop: () => void setImmediate(() => this.stop("a client asked it to stop")),
      moved: (state) => this.#moved(state),
      retryMs: this.#times.retryMs,
      warn: this.#remark,
      onPoisoned: (error) => this.#poisoned(error),
      onFault: (error) => logger.failure("request-failed", error.cause ?? error),
    });
    this.#server = new Server({ context: this.#service, logger, peerOf: options.peerOf });
    this.#ownership = new Ownership({
      home,
      env,
      locked,
      sockets: options.sockets,
      attach: (...given) => this.#attach(...given),
    });
    this.#lastExit = describeLastExit(home.state, this.#ownership.leftover);
    this.#publication = this.#published();
    this.#departure = new Departure({
      inOrder: (ending) => this.#stopInOrder(ending),
      failed: (error) => logger.failure("exit", error),
      finish: (ending) => this.#finish(ending),
      stopMs: this.#times.stopMs,
    });
  }

  /**
   * Becomes the daemon of a vault, or says that another one is. Resolves when clients are
   * answered; the vault is still being opened then. Rejects when this home is refused.
   */
  static async start(options: DaemonOptions): Promise<Daemon | "already-running"> {
    const locked = await lockOrTakeOver(options);
    if (locked === "already-running") return locked;
    const daemon = new Daemon(options, locked, await readVaultId(new NodeDisk(), locked.vault));
    await daemon.#ownership.publish((error) => daemon.#log.logger.failure("published", error));
    daemon.#log.logger.info("start");
    void daemon.#open();
    return daemon;
  }

  /** Ends in order: listens no longer, answers what was accepted, syncs, takes its record back. */
  stop(reason: string, status: number = STATUS.stopped): void {
    this.#departure.begin({ status, reason });
  }

  /** What SIGHUP asks for: a new log file, and a look at all that makes it the daemon. */
  reload(): void {
    this.#log.reopen();
    this.#publication.look();
  }

  /** Resolves when the vault is open, or locked, or cannot be opened. */
  settled(): Promise<void> {
    return this.#service.whenOpened();
  }

  /** Goes on with a connection that another process served, and that has said hello. */
  adopt(socket: Socket): void {
    socket.once("close", this.#presence.arrived());
    this.#server.adopt(socket);
  }

  #attach(...given: Parameters<Server["attach"]>): void {
    this.#server.attach(...given);
    given[0].on("connection", (socket) => socket.once("close", this.#presence.arrived()));
  }

  #published(): Publication {
    return new Publication({
      ownership: this.#ownership,
      // The one that is written to now: a compaction begins another.
      epoch: () => this.#service.opened?.vault.log.figures().epoch ?? null,
      mayWrite: () => {
        assertNoInspector();
        this.#ownership.assertHeld();
        this.#service.fence();
        this.#service.lockIfDue();
      },
      lost: (error) => this.#lost(error),
      unpublished: (error) => this.#log.logger.failure("published", error),
      watchMs: this.#times.watchMs,
    });
  }

  async #open(): Promise<void> {
    await this.#service.open();
    const { opened } = this.#service;
    if (this.#departure.begun || opened === undefined) return;
    assertNoInspector();
    if (opened.vault.born) this.#options.say(`made a new vault in ${this.#ownership.vault}`);
  }

  /** A vault that was read-only is opened again and again: every opening may end in any way. */
  #moved(state: DaemonState): void {
    this.#log.logger.info("state", { state });
    for (const remark of this.#service.opened?.remarks ?? []) this.#remark(remark);
    const { auto, idleMs } = this.#options;
    if (state === "failed") this.#failed();
    if (state === "failed") this.#presence.limit(auto ? this.#times.failedMs : idleMs);
    if (STAYING.has(state)) this.#presence.limit(idleMs);
    if (state === "open") this.#publication.record();
  }

  #failed(): void {
    const { error } = this.#service;
    const why = error?.message ?? "the vault cannot be opened";
    if (error?.code === "NOT_FOUND") this.stop(why, error.exitCode);
    else this.#options.say(error === undefined ? why : `${why}; ${error.hint}`);
  }

  /** Nobody was there for long enough: takes the name away, looks again, and goes. */
  async #leave(): Promise<void> {
    if (this.#departure.begun) return;
    await this.#publication.withdraw();
    if (this.#presence.count === 0) this.stop("nobody was connected for long enough");
    else await this.#publication.anew();
  }

  /** The vault is locked: this process ends, and another says so to whoever asked. */
  async #leaveLocked(asker?: Asker): Promise<Result<"vault/lock">> {
    const { sockets, succeed } = this.#options;
    this.#service.opened?.engine.did("vault/lock", asker?.who);
    const { revision } = this.#service.identity();
    const isSupervised = sockets !== undefined && sockets.length > 0;
    const estate = { asker, revision, graceMs: this.#times.graceMs, isSupervised };
    let isAnswered = false;
    try {
      isAnswered = succeed !== undefined && (await handOver(estate, succeed));
    } finally {
      this.stop("the vault is locked", isSupervised ? STATUS.locked : STATUS.stopped);
    }
    return isAnswered ? await new Promise(() => {}) : { state: "locked", revision };
  }

  #lost(error: unknown): void {
    if (error instanceof StrongroomError && error.code === "DURABILITY_UNKNOWN") {
      this.#poisoned(error);
    } else this.stop(error instanceof StrongroomError ? error.message : "lost", STATUS.lost);
  }

  #poisoned(error: StrongroomError): void {
    this.#service.poison(error);
    this.#log.logger.error("poisoned", { code: error.code });
    this.stop(error.message, STATUS.poisoned);
  }

  async #stopInOrder({ reason, status }: Ending): Promise<void> {
    this.#options.say(`stops: ${reason}`);
    // From here on nobody is answered, and that may last: whoever looks is told why.
    if (this.#service.opened?.isAloft() === true)
      noteExit(this.#options.home.state, { status, reason }, true);
    this.#service.beginClosing();
    const landed = this.#service.opened?.land();
    await this.#publication.end();
    // Before the connections end: whoever waits for one is answered.
    await landed;
    await this.#server.close(this.#times.graceMs);
    await this.#service.close();
  }

  #finish({ status, reason }: Ending): void {
    this.#log.logger.info("exit", { status });
    noteExit(this.#options.home.state, { status, reason });
    this.#log.close();
    void this.#ownership.release().then(() => this.#end({ status, reason }));
  }

  #figures(): ReturnType<ServiceOptions["figures"]> {
    return {
      pid: process.pid,
      endpoint: this.#ownership.endpoint.path,
      version: VERSION,
      protocol: PROTOCOL.max,
      uptimeMs: Math.round(performance.now()),
      connections: this.#server.figures().connections,
      lock: this.#ownership.lockKind,
      lastExit: this.#lastExit,
      autolock: this.#keeper.policy,
    };
  }
}
