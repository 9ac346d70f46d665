import { LIMITS, StrongroomError } from "@strongroom/client/protocol";

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

/** A change that the vault has no room for. */
export function full(limit: string): StrongroomError {
  const hint = "strongroom purge NAME forgets a secret with its history";
  return new StrongroomError("TOO_LARGE", `the vault is full: it holds at most ${limit}`, { hint });
}
