import { isMethodName, METHODS, parseParams, StrongroomError } from "@strongroom/client/protocol";
import type { MethodName, Params, Result } from "@strongroom/client/protocol";

import { notAllowed, notServed, unknownCaller } from "../authority/refusal.ts";
import type { Asker } from "../lock/asker.ts";
import { systemClocks } from "../lock/clocks.ts";
import { cancelled } from "../turn/refusal.ts";
import type { Caller, Turn, TurnMethod } from "../turn/turn.ts";
import type { ControlMethod, ServerContext } from "./context.ts";
import type { Lane } from "./lane.ts";
import type { Session } from "./session.ts";

/** One request on its way through the server. */
export interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly caller: Caller;
  readonly session: Session;
  readonly asker: () => Asker;
}

/** What a request has to pass on its connection before it is executed. */
export interface Passage {
  readonly lane: Lane;
  /** Resolves when the client has taken enough of what it was sent. */
  readonly room: () => Promise<void> | undefined;
}

type Callable = Exclude<MethodName, "hello">;

/** Whether the method is one that may be called after `hello`. */
export function isCallable(method: string): method is Callable {
  return isMethodName(method) && method !== "hello";
}

/**
 * Judges and executes a request: params first, then the order of its connection, then the turn.
 * Rejects with whatever went wrong; the connection turns that into a reply.
 */
export async function dispatch(
  request: Request,
  passage: Passage,
  context: ServerContext,
): Promise<unknown> {
  const { method } = request;
  if (!isCallable(method)) throw new StrongroomError("INVALID", "there is no such method");
  const { caller, session } = request;
  if (method === "vault/lock" || method === "vault/unlock") {
    if (!session.isOwner) throw counted(context, session, method, caller);
  } else if (isControl(method) && session.isNobody) throw counted(context, session);
  const { lane } = passage;
  if (method === "vault/lock") {
    parseParams(method, request.params);
    return lane.run("read", () => context.lock(request.asker()));
  }
  if (method === "vault/unlock") {
    const parsed = parseParams(method, request.params);
    return lane.run("read", () => unlocked(parsed, caller, context));
  }
  return isControl(method)
    ? context.control.execute(method, parseParams(method, request.params), request.caller)
    : execute(method, request, passage, context);
}

/** Unlocks; of a vault that is open the audit has it, and what was refused of it. */
async function unlocked(
  params: Params<"vault/unlock">,
  caller: Caller,
  context: ServerContext,
): Promise<Result<"vault/unlock">> {
  const { who } = caller;
  const opened = (): Turn | undefined => {
    const turn = context.turn(false);
    return turn instanceof StrongroomError ? undefined : turn;
  };
  try {
    const result = await context.unlock(params, caller);
    if (result.unlocked) opened()?.did?.("vault/unlock", who);
    return result;
  } catch (error) {
    if (error instanceof StrongroomError) opened()?.refused?.("vault/unlock", caller, error.code);
    throw error;
  }
}

async function execute<M extends Exclude<TurnMethod, ControlMethod>>(
  method: M,
  { params, caller, session }: Request,
  { lane, room }: Passage,
  context: ServerContext,
): Promise<Result<M>> {
  const parsed = parseParams(method, params);
  const { kind } = METHODS[method];
  const { answer } = await lane.run(kind === "mutation" ? "mutation" : "read", async () => {
    // Who does not read is not read for either: the replies would fill the memory.
    const waiting = kind === "mutation" ? undefined : room();
    if (waiting !== undefined) await waiting;
    if (context.state() === "opening") await context.whenOpened();
    if (caller.signal.aborted) throw cancelled();
    const isCredential = method === "session/authenticate";
    // Nothing is waited for from here to the turn: a credential that came would make it nobody's.
    if (session.isNobody && !isCredential) throw counted(context, session);
    // Whoever only watches must not keep the vault from locking itself.
    const isUse = session.isOwner && method !== "watch/start";
    const turn = context.turn(isUse);
    if (turn instanceof StrongroomError) throw session.isOwner ? turn : notServed(turn);
    if (isCredential) {
      // Of several that were sent at once the last one counts.
      session.presented();
      const result = await turn.execute(method, parsed, caller);
      const { id, session: terms } = result as Result<"session/authenticate">;
      session.authenticated(id, terms);
      return { answer: result };
    }
    // A slot may be removed while its proof waits to be recorded: that ends this one, too.
    const asked = method === "session/own" ? systemClocks.booted() : 0;
    const isOwner = session.isOwner;
    const asking = turn.execute(method, parsed, caller);
    // Nobody on this connection waits for what is fetched first.
    if (kind === "flight" || turn.flies?.(method) === true) {
      return { answer: settled(asking, isOwner || method === "watch/start", context) };
    }
    const result = await asking;
    if (method === "session/own" && (result as Result<"session/own">).forMs !== undefined) {
      session.proved(asked);
    }
    if (!session.isOwner) context.used();
    return { answer: result };
  });
  return await answer;
}

async function settled<T>(
  asking: Promise<T>,
  wasCounted: boolean,
  context: ServerContext,
): Promise<T> {
  const result = await asking;
  if (!wasCounted) context.used();
  return result;
}

/** What is refused before it comes to the turn, for who asks: the audit has it all the same. */
function counted(
  context: ServerContext,
  session: Session,
  ...asked: [operation?: string, caller?: Caller]
): StrongroomError {
  const turn = context.turn(false);
  if (!(turn instanceof StrongroomError)) turn.refused?.(...asked);
  return session.isNobody ? unknownCaller() : notAllowed();
}

function isControl(method: TurnMethod): method is ControlMethod {
  return method === "daemon/stop" || method === "vault/status";
}
