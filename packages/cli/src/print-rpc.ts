import type { Change } from "@strongroom/client";
import type { MethodName, Params, Repeatable, Result } from "@strongroom/client/protocol";
import type { Caller } from "./command.ts";
import { toJson, writeData } from "./output.ts";

/** The request was printed; nothing was asked. */
export class Printed extends Error {
  override readonly name = "Printed";
}

/** What no terminal shall show, though it would be sent. */
const CONCEALED = new Set([
  "accessToken",
  "answer",
  "clientSecret",
  "identity",
  "passphrase",
  "refreshToken",
  "token",
  "value",
]);

/** Prints the first request that a command would send, as the wire has it, and sends none. */
export class PrintingCaller implements Caller {
  call<M extends MethodName>(method: M, params: Params<M>): Promise<Result<M>> {
    const text = JSON.stringify(params, (key, value: unknown) =>
      CONCEALED.has(key) && typeof value === "string" ? `<${key}>` : value,
    );
    const shown = { jsonrpc: "2.0", id: 1, method, params: JSON.parse(text) as object };
    writeData(`${toJson(shown)}\n`);
    return Promise.reject(new Printed("printed"));
  }

  change<M extends Change>(
    method: M,
    params: Omit<Params<M>, keyof Repeatable>,
  ): Promise<Result<M>> {
    return this.call(method, params as Params<M>);
  }

  async close(): Promise<void> {}
}
