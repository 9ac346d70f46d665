import { createServer } from "node:net";
import type { Server as NetServer, Socket } from "node:net";

import type { ErrorCode } from "@strongroom/client/protocol";

import { closeWhenEmpty } from "../backlog.ts";
import type { Logger } from "../logging/logger.ts";
import type { SystemCalls } from "../native/system-calls.ts";
import { Anteroom } from "./anteroom.ts";
import { Connection } from "./connection.ts";
import type { ServerContext } from "./context.ts";
import { mostConnections } from "./most-connections.ts";
import { TICK_MS } from "./patience.ts";
import { RequestVigil } from "./request-vigil.ts";
import { nodeTimers } from "./timers.ts";
import type { Timers } from "./timers.ts";

/** What a server is made of. */
export interface ServerOptions {
  readonly context: ServerContext;
  readonly logger: Logger;
  readonly timers?: Timers;
  /** Tells which process connected. */
  readonly peerOf?: SystemCalls["peerOf"] | undefined;
}

/** Accepts clients on any number of sockets, and lets them go in order. */
export class Server {
  readonly #options: ServerOptions;
  readonly #timers: Timers;
  readonly #listeners = new Set<NetServer>();
  readonly #connections = new Set<Connection>();
  readonly #anteroom: Anteroom;
  readonly #refusals = new Map<ErrorCode, number>();
  readonly #vigil = new RequestVigil();
  readonly #most = mostConnections();
  readonly #stopTicking: () => void;
  #accepted = 0;
  #received = 0;
  #active: number;
  #onEmpty: () => void = () => {};

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#timers = options.timers ?? nodeTimers;
    this.#active = this.#timers.now();
    this.#anteroom = new Anteroom(this.#timers);
    this.#stopTicking = this.#timers.every(TICK_MS, () => this.#tick());
  }

  /** For `vault/status`: open connections, and how often each code was answered. */
  figures(): {
    readonly connections: number;
    readonly refusals: { readonly [code: string]: number };
  } {
    return {
      connections: this.#connections.size,
      refusals: Object.fromEntries(this.#refusals),
    };
  }

  /**
   * Milliseconds since anything was accepted or answered; 0 while a request is in flight. What
   * waits in a socket is not seen here: `close` still serves it.
   */
  quietMs(): number {
    this.#countRequests();
    for (const { inFlight } of this.#connections) if (inFlight > 0) this.#touch();
    return this.#timers.now() - this.#active;
  }

  /**
   * Serves a socket server, best before it listens: what connects earlier has nobody to talk to.
   * Its errors (EAGAIN, EMFILE, ECONNABORTED) lose a client at most. With a secret, both ends prove
   * that they know it before a client is served.
   */
  attach(listener: NetServer, door: "key" | "owner" = "owner", secret?: Uint8Array): void {
    listener.on("error", (error) => this.#options.logger.failure("listener-error", error));
    listener.on("connection", (socket) => {
      if (secret === undefined) return this.#accept(socket, { door });
      const endpoint = listener.address();
      // Never one of the network, which has an address.
      if (typeof endpoint !== "string") return socket.destroy();
      return this.#receive(socket, secret, endpoint);
    });
    listener.on("close", () => this.#listeners.delete(listener));
    this.#listeners.add(listener);
  }

  /** Stops accepting on one socket; its clients stay. */
  detach(listener: NetServer): void {
    listener.close();
  }

  /** Listens on a path and serves it; rejects with the error of `listen`. */
  async listen(path: string, secret?: Uint8Array): Promise<NetServer> {
    const listener = createServer();
    this.attach(listener, "owner", secret);
    await new Promise<void>((resolve, reject) => {
      listener.once("error", reject);
      listener.listen(path, resolve);
    });
    return listener;
  }

  /**
   * Ends in order: takes what has connected or written until now, stops listening, answers what
   * was accepted, ends the sockets; after `graceMs` it drops whoever is left.
   */
  async close(graceMs: number): Promise<void> {
    await Promise.all(Array.from(this.#listeners, (listener) => closeWhenEmpty(listener)));
    await this.#polled();
    this.#anteroom.close();
    const emptied = new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
    });
    for (const connection of this.#connections) connection.finish();
    const forget = this.#timers.after(graceMs, () => {
      for (const connection of this.#connections) connection.destroy();
    });
    if (this.#connections.size > 0) await emptied;
    forget();
    this.#stopTicking();
  }

  /** Serves a connection that has said hello to another process. */
  adopt(socket: Socket): void {
    this.#accept(socket, { door: "owner", isGreeted: true });
  }

  /** An API key has ended: its connections end once they are silent, and nothing waits on them. */
  endSessions(key: string): void {
    for (const connection of this.#connections) if (connection.key === key) connection.retire();
  }

  #receive(socket: Socket, secret: Uint8Array, endpoint: string): void {
    this.#touch();
    const enter = (): void => this.#accept(socket, { door: "owner" });
    void this.#anteroom.receive(socket, { secret, endpoint }, enter);
  }

  #accept(
    socket: Socket,
    { door, isGreeted = false }: { readonly door: "key" | "owner"; readonly isGreeted?: boolean },
  ): void {
    // Before all else: an error without a listener takes the process down.
    socket.on("error", () => {});
    this.#touch();
    if (this.#isFull(door)) this.#dropStranger();
    if (this.#isFull(door)) {
      socket.destroy();
      return;
    }
    const { context, logger, peerOf } = this.#options;
    this.#accepted += 1;
    this.#connections.add(
      new Connection(socket, {
        id: this.#accepted,
        door,
        peer: peerOf?.(socket),
        isGreeted,
        context,
        logger,
        vigil: this.#vigil,
        onRefusal: (code) => this.#refusals.set(code, (this.#refusals.get(code) ?? 0) + 1),
        onClosed: (connection) => this.#forget(connection),
      }),
    );
  }

  #isFull(door: "key" | "owner"): boolean {
    // Who fills a sandbox's socket must not keep the owner out.
    const most = door === "owner" ? this.#most : this.#most / 2;
    return this.#count(door) >= most || this.#connections.size >= this.#most;
  }

  /** Who has shown no key, and has been there longest, leaves its place to others: a key is shown at once. */
  #dropStranger(): void {
    const stranger = [...this.#connections].find(({ isNobody }) => isNobody);
    if (stranger === undefined) return;
    this.#forget(stranger);
    stranger.destroy();
  }

  #count(door: "key" | "owner"): number {
    let count = 0;
    for (const connection of this.#connections) if (connection.door === door) count += 1;
    return count;
  }

  #forget(connection: Connection): void {
    this.#countRequests();
    this.#connections.delete(connection);
    if (this.#connections.size === 0) this.#onEmpty();
  }

  #tick(): void {
    for (const connection of this.#connections) connection.tick();
    this.#timers.polled(() => {
      for (const connection of this.#connections) connection.judge();
    });
  }

  #countRequests(): void {
    let received = 0;
    for (const connection of this.#connections) received += connection.received;
    if (received !== this.#received) this.#touch();
    this.#received = received;
  }

  #touch(): void {
    this.#active = this.#timers.now();
  }

  // Two rounds: an immediate made within one runs after the next poll, whatever phase this is.
  #polled(): Promise<void> {
    return new Promise((resolve) => {
      this.#timers.polled(() => this.#timers.polled(resolve));
    });
  }
}
