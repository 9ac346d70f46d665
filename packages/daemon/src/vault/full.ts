import { LIMITS, StrongroomError } from "@strongroom/client/protocol";

/** A vault that would hold more than it may. */
export function vaultIsFull(limit: string): StrongroomError {
  const hint = "strongroom purge NAME forgets a secret with its history";
  return new StrongroomError("TOO_LARGE", `the vault is full: it holds at most ${limit}`, { hint });
}

/** A request whose restored values are more than one turn may hold. */
export function restoresTooMuch(): StrongroomError {
  const most = `one request restores at most ${LIMITS.restoredBytes} bytes`;
  return new StrongroomError("TOO_LARGE", most, { hint: "split it into several requests" });
}
