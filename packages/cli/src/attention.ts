import { VERSION } from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";

/** Clock and vault may be so far apart. */
const APART_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** A backup younger than this is young enough, in days. */
const YOUNG_DAYS = 7;

/** What the owner should see to, with the command that does it. */
export interface Attention {
  readonly message: string;
  readonly next: string;
}

/** A daemon that an upgrade has left running: it goes on as it was until it is told to end. */
export function ofAnotherVersion(version: string): readonly Attention[] {
  if (version === VERSION) return [];
  const message = `the daemon that runs is strongroom ${version}, this command is ${VERSION}`;
  return [{ message, next: "strongroom daemon restart" }];
}

/**
 * What a loss would meet: until there are two ways to the key and a young backup that each of
 * them opens, it says so; and after a restore until the owner confirms.
 */
export function attention(
  {
    slots,
    backupAt,
    restored,
    time,
  }: Pick<Result<"vault/status">, "backupAt" | "restored" | "slots" | "time">,
  now: number,
): readonly Attention[] {
  const found: Attention[] = [];
  if (restored !== null) {
    const { revision, time: made } = restored;
    const what = revision === null ? "" : `: it ends with revision ${revision}`;
    const when = made === null ? "" : `, of ${new Date(made).toISOString()}`;
    found.push({
      message: `this vault was made of a backup${what}${when}; later writes are gone, tokens may be stale`,
      next: "strongroom recovery confirm",
    });
  }
  if (time !== null && Math.abs(time - now) > APART_MS) {
    found.push({
      message: `the vault goes by ${new Date(time).toISOString()}, the clock by ${new Date(now).toISOString()}; if the clock is right, accept it`,
      next: "strongroom clock accept",
    });
  }
  if (slots !== null && slots < 2) {
    found.push({
      message: "there is no recovery key: with the key file all secrets would be lost",
      next: "strongroom recovery new",
    });
  }
  if (slots !== null && !(backupAt !== null && now - backupAt < YOUNG_DAYS * DAY_MS)) {
    const last =
      backupAt === null ? "there is none" : `the last is of ${new Date(backupAt).toISOString()}`;
    found.push({
      message: `no backup is younger than ${YOUNG_DAYS} days and opens with every key: ${last}`,
      next: "strongroom backup",
    });
  }
  return found;
}
