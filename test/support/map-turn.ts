import { StrongroomError, VERSION } from "@strongroom/client/protocol";
import type { DaemonState, Params, Result, SecretValue } from "@strongroom/client/protocol";
import type { Caller, Turn, TurnMethod } from "@strongroom/daemon/src/turn/turn.ts";

type Secret = Omit<SecretValue, "name">;
type Handlers = {
  readonly [M in TurnMethod]?: (
    params: Params<M>,
    caller: Caller,
  ) => Promise<Result<M>> | Result<M>;
};

/** A turn over a Map, without a disk: what the server's tests talk to. */
export class MapTurn implements Turn {
  readonly secrets: Map<string, Secret> = new Map();
  /** The methods in the order in which they were executed, with their names. */
  readonly executed: string[] = [];
  state: DaemonState = "open";
  revision = 0;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};
  /** A test puts its own answers here. */
  overrides: Handlers = {};

  /** Mutations wait in the queue until the returned function is called. */
  hold(): () => void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
    return () => this.#open();
  }

  async execute<M extends TurnMethod>(
    method: M,
    params: Params<M>,
    caller: Caller,
  ): Promise<Result<M>> {
    const handler = this.overrides[method] ?? this.#handlers[method];
    if (handler === undefined) throw new StrongroomError("INTERNAL", "not in this turn");
    return handler(params, caller);
  }

  readonly #handlers: Handlers = {
    "daemon/stop": () => ({ revision: this.revision }),
    "secret/delete": async ({ name }, caller) => {
      await this.#queued(`delete ${name}`, caller);
      const { version } = this.#find(name);
      this.secrets.delete(name);
      return { name, version: version + 1, revision: this.revision };
    },
    "secret/get": ({ name }) => {
      this.executed.push(`get ${name}`);
      return { name, ...this.#find(name), revision: this.revision };
    },
    "secret/set": async ({ name, value, encoding = "utf8" }, caller) => {
      await this.#queued(`set ${name}`, caller);
      const version = (this.secrets.get(name)?.version ?? 0) + 1;
      this.secrets.set(name, { value, encoding, version, metadata: {}, updatedAt: 0 });
      return { name, version, revision: this.revision };
    },
    "vault/read": ({ names }) => ({
      secrets: names.map((name) => {
        const found = this.secrets.get(name);
        return found === undefined ? null : { name, ...found };
      }),
      revision: this.revision,
    }),
    "vault/status": () => ({
      state: this.state,
      pid: process.pid,
      endpoint: "",
      vault: null,
      version: VERSION,
      protocol: 1,
      secrets: this.secrets.size,
      slots: null,
      backupAt: null,
      restored: null,
      time: null,
      uptimeMs: 0,
      revision: this.revision,
    }),
  };

  async #queued(what: string, { signal }: Caller): Promise<void> {
    const gone = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () =>
        reject(new StrongroomError("TIMEOUT", "the request was cancelled and was not executed")),
      );
    });
    await Promise.race([this.#gate, gone]);
    this.executed.push(what);
    this.revision += 1;
  }

  #find(name: string): Secret {
    const found = this.secrets.get(name);
    if (found === undefined) throw new StrongroomError("NOT_FOUND", "there is no such secret");
    return found;
  }
}
