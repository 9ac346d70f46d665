import { sendChange } from "./change.ts";
import type { Change } from "./change.ts";
import { resolveTimeout } from "./duration.ts";
import type { Timeout } from "./duration.ts";
import type { CallOptions, ChangeOptions, ConnectOptions } from "./options.ts";
import { isRead } from "./outcome.ts";
import { Patience } from "./patience.ts";
import type { HelloResult, MethodName, Params, Repeatable, Result } from "./protocol/index.ts";
import type { Session } from "./session.ts";

/** What every method of a client is made of: the calls of one connection, made anew when it is lost. */
export class Calls {
  protected readonly session: Session;
  protected readonly timeout: Timeout;
  readonly #env: NonNullable<ConnectOptions["env"]>;
  readonly #created: () => boolean;

  /** Made by `connect`. */
  constructor(
    session: Session,
    timeout: Timeout,
    env: NonNullable<ConnectOptions["env"]>,
    created: () => boolean,
  ) {
    this.session = session;
    this.timeout = timeout;
    this.#env = env;
    this.#created = created;
  }

  /** Whether there was no vault before this client connected, and there is one now. */
  get created(): boolean {
    return this.#created();
  }

  /** What the daemon said of itself at the last handshake. */
  get hello(): HelloResult | undefined {
    return this.session.hello;
  }

  /** The highest revision that an answer carried. */
  get seen(): number {
    return this.session.seen;
  }

  /**
   * Any method of the wire, params as they are. It is sent again after a lost connection when
   * it only reads or carries a request id.
   */
  call<M extends MethodName>(
    method: M,
    params: Params<M>,
    options: CallOptions = {},
  ): Promise<Result<M>> {
    const asked = options.timeout;
    const timeout = asked === undefined ? this.timeout : resolveTimeout(asked, this.#env);
    const repeatable = isRead(method) || "requestId" in params;
    const patience = new Patience(timeout, options.signal);
    return this.session.request(method, params, repeatable, patience);
  }

  /** Any changing method of the wire; gets a request id unless `options` bring one. */
  change<M extends Change>(
    method: M,
    params: Omit<Params<M>, keyof Repeatable>,
    options: ChangeOptions = {},
  ): Promise<Result<M>> {
    return sendChange(this, this.session, { method, params, options });
  }

  /** Ends the connection; what is pending rejects. */
  close(): void {
    this.session.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.close();
    return Promise.resolve();
  }
}
