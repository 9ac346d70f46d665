import { StrongroomError } from "@strongroom/client/protocol";
import type { Params, Result } from "@strongroom/client/protocol";
import { notAllowed } from "./authority/refusal.ts";
import { statusForKey, statusOf } from "./handlers/status.ts";
import type { ControlMethod } from "./server/context.ts";
import type { DaemonFigures } from "./turn/handler.ts";
import type { Caller } from "./turn/turn.ts";

/** With these an opening ended before the key was known. */
export const KEYLESS: ReadonlySet<string> = new Set(["LOCKED", "NOT_FOUND", "WRONG_KEY"]);

/** What is answered while the daemon ends: nothing was executed. */
export function closing(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping", {
    hint: "try again: the next request starts a new daemon",
  });
}

/** A vault that could not be opened, for a reason that is a fault of ours. */
export function unforeseen(cause: unknown): StrongroomError {
  return new StrongroomError(
    "INTERNAL",
    "the vault could not be opened for a reason not foreseen",
    {
      hint: "strongroom doctor",
      cause,
    },
  );
}

/** Answers what may be asked while no vault is open. */
export function withoutVault<M extends ControlMethod>(
  { caller, method, params }: { caller: Caller; method: M; params: Params<M> },
  { figures, stop }: { figures: () => DaemonFigures; stop: () => void },
): Result<M> {
  if (caller.key !== undefined) {
    // Whether it is still good nobody can say; what every key may know it is told.
    if (method === "daemon/stop") throw notAllowed();
    return statusForKey(figures(), 0);
  }
  if (method === "daemon/stop") stop();
  const detail = "detail" in params && params.detail;
  const status = statusOf(figures(), undefined, detail);
  return method === "daemon/stop" ? { revision: 0 } : status;
}
