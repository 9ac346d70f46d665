import { connect } from "@strongroom/client";
import type { Change, Client, ConnectOptions } from "@strongroom/client";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { MethodName, Params, Repeatable, Result } from "@strongroom/client/protocol";
import type { Caller, Command, Given } from "./command.ts";
import { writeNote } from "./output.ts";
import { actsWithKey } from "./owner-hint.ts";
import { daemonProgram } from "./program.ts";

/** Connects as the command line does: its own daemon, and `--timeout`. */
export async function openClient(
  { values }: Pick<Given, "values">,
  options: Pick<ConnectOptions, "anyDaemon" | "autostart" | "create" | "name"> = {},
): Promise<Client> {
  const timeout = values["timeout"];
  return connect({
    name: "strongroom-cli",
    ...options,
    ...(typeof timeout === "string" ? { timeout } : {}),
    daemon: daemonProgram(),
    warn: (line) => writeNote(`strongroom: ${line}`),
  });
}

/** Says that a vault was created, if this client did that: nobody shall get one unawares. */
export function announceVault(client: Client): void {
  if (client.created) {
    writeNote(`strongroom: created a vault in ${resolveHome(process.env).vault}`);
  }
}

/** The caller of a command that connects as the command line does. */
export function callerFor(command: Command, given: Given): ClientCaller {
  const usual = process.env["STRONGROOM_TIMEOUT"] === undefined ? command.patience : undefined;
  const values = { ...(usual === undefined ? {} : { timeout: usual }), ...given.values };
  return new ClientCaller(
    () =>
      openClient(
        { values },
        { create: command.creates === true && given.values["dry-run"] !== true },
      ),
    values,
  );
}

/** Calls through the SDK, connecting at the first call. */
export class ClientCaller implements Caller {
  readonly #open: () => Promise<Client>;
  #client: Promise<Client> | undefined;
  #announced = false;
  #proved = false;

  readonly #values: Given["values"];

  constructor(open: () => Promise<Client>, values: Given["values"]) {
    this.#open = open;
    this.#values = values;
  }

  async call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const client = await this.#connected();
    return this.#announcing(
      client,
      this.#proving(client, () => client.call(method, params)),
    );
  }

  async change<M extends Change>(
    method: M,
    params: Omit<Params<M>, keyof Repeatable>,
  ): Promise<Result<M>> {
    const client = await this.#connected();
    return this.#announcing(
      client,
      this.#proving(client, () => client.change(method, params)),
    );
  }

  /** Ends the connection, if one was made. */
  async close(): Promise<void> {
    const client = await this.#client?.catch(() => {});
    client?.close();
  }

  #connected(): Promise<Client> {
    this.#client ??= this.#open();
    return this.#client;
  }

  /** Asks again when a slot was proved, where the vault denies even its owner what was not. */
  async #proving<T>(client: Client, ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      const isDenied = error instanceof StrongroomError && error.code === "DENIED";
      if (!isDenied || this.#proved || actsWithKey(process.env)) throw error;
      this.#proved = true;
      const { proveIfAsked } = await import("./prove.ts");
      if (!(await proveIfAsked(client, this.#values))) throw error;
      return await ask();
    }
  }

  async #announcing<T>(client: Client, answer: Promise<T>): Promise<T> {
    const result = await answer;
    if (!this.#announced) announceVault(client);
    this.#announced = true;
    return result;
  }
}
