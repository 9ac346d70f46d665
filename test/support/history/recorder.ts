import { StrongroomError } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import type { HistoryEvent, Request, Response } from "./event.ts";

/** What a request was told. */
export type Told = Extract<Response, { result: object }>["result"] | StrongroomError;

/**
 * Writes down when clients ask and are told. The clock runs on through every process of a
 * machine, so that what several of them recorded from one origin belongs to one history.
 */
export class Recorder {
  readonly events: HistoryEvent[] = [];
  readonly #origin: bigint;

  /** `origin`: a reading of `process.hrtime.bigint()`, which never comes near 2^53 from there. */
  constructor(origin: bigint) {
    this.#origin = origin;
  }

  /** Asks one thing; whatever is no error of the closed table is thrown. */
  async ask(sdk: Client, client: number, n: number, request: Request): Promise<Told> {
    this.events.push({ client, n, at: this.#now(), ...request });
    try {
      const result = await send(sdk, request);
      this.events.push({ client, n, at: this.#now(), result });
      return result;
    } catch (error) {
      const at = this.#now();
      if (!(error instanceof StrongroomError)) throw error;
      const { code, version } = error;
      const told = version === undefined ? { code } : { code, version };
      this.events.push({ client, n, at, error: told });
      return error;
    }
  }

  #now(): number {
    return Number(process.hrtime.bigint() - this.#origin);
  }
}

function send(sdk: Client, request: Request): Promise<object> {
  switch (request.method) {
    case "secret/delete":
    case "secret/set":
      return sdk.change(request.method, request.params);
    case "vault/batch":
      return sdk.change(request.method, request.params);
    case "secret/get":
      return sdk.call(request.method, request.params);
    case "vault/read":
      return sdk.call(request.method, request.params);
  }
}
