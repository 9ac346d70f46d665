import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Change } from "./change.ts";
import type { Counters } from "./state.ts";

/** The bytes that a request has restored with these; `TOO_LARGE` when that is too much for one. */
export function withRestored(bytes: number, value: Buffer | undefined): number {
  const sum = bytes + (value?.length ?? 0);
  if (sum <= LIMITS.restoredBytes) return sum;
  throw new StrongroomError(
    "TOO_LARGE",
    `one request restores at most ${LIMITS.restoredBytes} bytes`,
    { hint: "split it into several requests" },
  );
}

const GROWING: ReadonlySet<Change["kind"]> = new Set(["oauth", "owner-record", "restore", "set"]);

/** `TOO_LARGE` when a change has made more of the vault than it holds. */
export function checkRoom(change: Change, before: Counters, after: Counters): void {
  const { kind } = change;
  if (!GROWING.has(kind)) return;
  // It comes with what is forgotten.
  if (kind === "owner-record" && change.record.kind === "presented") return;
  // What a server gave for a refresh token cannot be had again.
  if (kind === "oauth" && after.live === before.live) return;
  if (after.weight > LIMITS.vaultBytes && after.weight > before.weight) {
    throw full(`${LIMITS.vaultBytes} bytes with its history`);
  }
  if (after.live > LIMITS.secrets) throw full(`${LIMITS.secrets} secrets`);
}

/** A change that the vault has no room for. */
function full(limit: string): StrongroomError {
  const hint = "strongroom purge NAME forgets a secret with its history";
  return new StrongroomError("TOO_LARGE", `the vault is full: it holds at most ${limit}`, { hint });
}
