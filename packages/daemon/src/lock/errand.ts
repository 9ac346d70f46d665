import { StrongroomError } from "@strongroom/client/protocol";
import type { RequestId } from "@strongroom/client/protocol";

/** What the process that follows on a lock is told by the one that held the plaintext. */
export interface Errand {
  /** The process that must be gone before anything is answered. */
  readonly pid: number;
  /** Whom to answer on the connection that was handed over, and whether it goes on. */
  readonly asker?: { readonly id: RequestId; readonly revision: number; readonly keep: boolean };
  /** A supervisor starts the next daemon: this process answers, and is none. */
  readonly answersOnly?: true;
}

/** The descriptor at which the asker's connection is handed over. */
export const ASKER_FD = 3;

/** An errand as an argument of a command line; no secret is in it. */
export function formatErrand(errand: Errand): string {
  return JSON.stringify(errand);
}

/** Takes it apart; throws `INVALID` for anything else. */
export function parseErrand(text: string): Errand {
  const value = parsed(text);
  const pid = value?.["pid"];
  const asker = value?.["asker"];
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) throw none();
  const only = value?.["answersOnly"] === true ? { answersOnly: true as const } : {};
  if (asker === undefined) return { pid, ...only };
  if (!isAsker(asker)) throw none();
  return { pid, asker, ...only };
}

function parsed(text: string): { readonly [field: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isAsker(value: unknown): value is NonNullable<Errand["asker"]> {
  if (typeof value !== "object" || value === null) return false;
  const { id, keep, revision } = value as { readonly [field: string]: unknown };
  return (
    typeof keep === "boolean" &&
    (typeof id === "string" || Number.isSafeInteger(id)) &&
    Number.isSafeInteger(revision) &&
    Number(revision) >= 0
  );
}

function none(): StrongroomError {
  return new StrongroomError("INVALID", "--succeed is for the daemon that locks a vault", {
    hint: "strongroom lock",
  });
}
