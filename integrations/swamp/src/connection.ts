import { connect } from "@strongroom/client";
import type { Client, ConnectOptions } from "@strongroom/client";
import type { VaultConfig } from "./config.ts";

/**
 * A connection that is there while it is used: swamp never says that it has ended, and an open
 * socket would keep its process.
 */
export class Connection {
  readonly #options: ConnectOptions;
  #users = 0;
  #client: Promise<Client> | undefined;

  constructor({ home, timeout }: VaultConfig) {
    this.#options = {
      name: "swamp",
      ...(home === undefined ? {} : { home }),
      ...(timeout === undefined ? {} : { timeout }),
      // The SDK starts a daemon with the program that runs, and that is Node for Node alone.
      ...("deno" in process.versions && { autostart: false }),
    };
  }

  /** Does `work` with a client that others may be using; rejects as `connect` and `work` do. */
  async use<T>(work: (client: Client) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work(await this.#connected());
    } finally {
      this.#users -= 1;
      if (this.#users === 0) await this.#close();
    }
  }

  async #connected(): Promise<Client> {
    const connecting = (this.#client ??= connect(this.#options));
    try {
      return await connecting;
    } catch (error) {
      // The next one tries again, whoever still waits for this.
      if (this.#client === connecting) this.#client = undefined;
      throw error;
    }
  }

  async #close(): Promise<void> {
    const closing = this.#client;
    this.#client = undefined;
    (await closing)?.close();
  }
}
