import { randomUUID } from "node:crypto";
import type { Client } from "./client.ts";
import type { CallOptions, ChangeOptions } from "./options.ts";
import { StrongroomError } from "./protocol/index.ts";
import type { MethodName, Params, Repeatable, Result } from "./protocol/index.ts";
import type { Session } from "./session.ts";

/** The methods that change something and can be repeated by their request id. */
export type Change = {
  [M in MethodName]: "requestId" extends keyof Params<M> ? M : never;
}[MethodName];

/** One change, as it was asked for. */
export interface AskedChange<M extends Change> {
  readonly method: M;
  readonly params: Omit<Params<M>, keyof Repeatable>;
  readonly options: ChangeOptions;
}

type Caller = Pick<Client, "call">;
type Seer = Pick<Session, "isCurrent" | "seen">;

/**
 * Sends a change with a request id, its own unless the options bring one, and with a revision
 * that the daemon still remembers.
 */
export async function sendChange<M extends Change>(
  caller: Caller,
  session: Seer,
  asked: AskedChange<M>,
): Promise<Result<M>> {
  const { options } = asked;
  // With an old revision a new id would be taken for a forgotten one. This answer waits for a
  // vault that is still being opened.
  if (options.seen === undefined && !session.isCurrent) await look(caller, options);
  try {
    return await send(caller, session, asked);
  } catch (error) {
    if (!isForgotten(error) || "requestId" in options || "seen" in options) throw error;
    // While this client was silent others wrote more than the daemon remembers.
    await look(caller, options);
    return send(caller, session, asked);
  }
}

function send<M extends Change>(
  caller: Caller,
  { seen: latest }: Seer,
  { method, params, options }: AskedChange<M>,
): Promise<Result<M>> {
  const { requestId = randomUUID(), seen = latest } = options;
  return caller.call(method, { ...params, requestId, seen } as unknown as Params<M>, options);
}

async function look(caller: Caller, options: CallOptions): Promise<void> {
  try {
    await caller.call("vault/read", { names: [] }, options);
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "DENIED") throw error;
    // An API key that may read nothing; its vault is open, or it would be none.
    await caller.call("vault/status", {}, options);
  }
}

// The daemon has not executed what it answers so, and an answer that was lost ends otherwise.
function isForgotten(error: unknown): boolean {
  return error instanceof StrongroomError && error.code === "TIMEOUT" && error.answered;
}
