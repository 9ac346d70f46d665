import { connect } from "@strongroom/client";
import type { Client, ConnectOptions } from "@strongroom/client";
import type { VaultConfig } from "./config.ts";

/** The one connection of a vault; it does not keep the process, and the SDK makes it anew. */
export class Connection {
  readonly #options: ConnectOptions;
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

  /** Connected; rejects as `connect` does, and the next call tries again. */
  async client(): Promise<Client> {
    const connecting = (this.#client ??= connect(this.#options));
    try {
      return await connecting;
    } catch (error) {
      if (this.#client === connecting) this.#client = undefined;
      throw error;
    }
  }
}
