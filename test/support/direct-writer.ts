import { RawClient } from "./raw-client.ts";

/** A write that a daemon acknowledged. */
export interface Acknowledged {
  readonly name: string;
  readonly value: string;
  readonly version: number;
  readonly revision: number;
}

/** The names that all writers share. */
export const SHARED: readonly string[] = Array.from({ length: 5 }, (_, n) => `shared/${n}`);

/**
 * Writes straight to one daemon's socket, one set after the other, until that daemon refuses or
 * is gone, or `stop`: half of them new names of its own, half names that all writers share.
 */
export class DirectWriter {
  readonly acknowledged: Acknowledged[] = [];
  /** Resolves when it writes no more. */
  readonly done: Promise<void>;
  readonly #client: RawClient;
  #stopped = false;

  private constructor(client: RawClient, id: string) {
    this.#client = client;
    this.done = this.#write(id).catch(() => undefined);
  }

  /** Connects to a socket and begins. */
  static async start(endpoint: string, id: string): Promise<DirectWriter> {
    return new DirectWriter(await RawClient.greeted(endpoint), id);
  }

  /** Ends after the write in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.done;
    this.#client.destroy();
  }

  async #write(id: string): Promise<void> {
    for (let n = 0; !this.#stopped; n += 1) {
      const name = n % 2 === 0 ? `${id}/${n}` : SHARED[n % SHARED.length]!;
      const value = `${id}:${n}`;
      const { error, result } = await this.#client.call("secret/set", { name, value });
      this.#client.replies.length = 0;
      if (error !== undefined) return;
      const { version, revision } = result as { version: number; revision: number };
      this.acknowledged.push({ name, value, version, revision });
    }
  }
}

/** Writes that were acknowledged under a number that another one was acknowledged under. */
export function acknowledgedTwice(writes: readonly Acknowledged[]): readonly Acknowledged[] {
  const keys = (write: Acknowledged): string[] => [
    `revision ${write.revision}`,
    `${write.name} ${write.version}`,
  ];
  const seen = new Set<string>();
  return writes.filter((write) => {
    const twice = keys(write).some((key) => seen.has(key));
    for (const key of keys(write)) seen.add(key);
    return twice;
  });
}
