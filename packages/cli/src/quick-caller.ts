import type { Change } from "@strongroom/client";
import type { MethodName, Params, Repeatable, Result } from "@strongroom/client/protocol";
import { Quick, QuickFailure, vaultFolder } from "@strongroom/client/hot";
import type { Caller } from "./command.ts";

/**
 * Calls a daemon that runs by the shortest way. Whatever is out of the ordinary goes the
 * thorough way instead, with the same request: a change keeps the id that it was sent with.
 */
export class QuickCaller implements Caller {
  readonly #ms: number;
  readonly #open: () => Promise<Closable>;
  #slow: Promise<Closable> | undefined;
  #quick: Quick | undefined;

  constructor(ms: number, open: () => Promise<Closable>) {
    this.#ms = ms;
    this.#open = open;
  }

  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    try {
      return await (await this.#connect()).call(method, params);
    } catch (error) {
      if (!isForThorough(error)) throw error;
      return (await this.#thorough()).call(method, params);
    }
  }

  async change<M extends Change>(
    method: M,
    params: Omit<Params<M>, keyof Repeatable>,
  ): Promise<Result<M>> {
    let seen: number;
    try {
      ({ revision: seen } = await (await this.#connect()).hello);
    } catch (error) {
      if (!isForThorough(error)) throw error;
      return (await this.#thorough()).change(method, params);
    }
    const { randomUUID } = await import("node:crypto");
    return this.call(method, { ...params, requestId: randomUUID(), seen } as unknown as Params<M>);
  }

  /** Ends whatever connections were made. */
  async close(): Promise<void> {
    this.#quick?.close();
    await (await this.#slow)?.close();
  }

  #thorough(): Promise<Closable> {
    this.#slow ??= this.#open();
    return this.#slow;
  }

  async #connect(): Promise<Quick> {
    this.#quick ??= Quick.to(await vaultFolder(process.env), "strongroom-cli", this.#ms);
    return this.#quick;
  }
}

interface Closable extends Caller {
  close(): Promise<void>;
}

function isForThorough(error: unknown): boolean {
  if (error instanceof QuickFailure) return true;
  // Not executed: the thorough way knows when to ask again.
  return (
    error instanceof Error &&
    "code" in error &&
    /^(?:BUSY|CLOSING|DENIED)$/.test(String(error.code))
  );
}
