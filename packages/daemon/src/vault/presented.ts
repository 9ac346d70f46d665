import { createHash } from "node:crypto";
import type { OAuthRecord, OpenFlight } from "./oauth-record.ts";
import { presentedId } from "./owner-record.ts";
import type { Pending } from "./pending.ts";

/** So many refresh tokens that were taken away are remembered; the oldest are forgotten first. */
const MOST = 256;
/** What is known of a flight is cut to so many characters. */
const REASON_CHARACTERS = 512;
/** At most so many bytes that remembering one takes in a frame, with another that is forgotten. */
export const PRESENTED_BYTES = 4096;

/**
 * Remembers of a credential that goes, or whose refresh token does, that this may have been
 * presented, and no answer is known: who puts it once more must not have it presented anew.
 */
export function remember(pending: Pending, record: OAuthRecord | undefined): void {
  const { flight, refreshToken } = record ?? {};
  if (flight === undefined || refreshToken === undefined) return;
  const { reason, ...known } = flight;
  const cut = reason === undefined ? {} : { reason: reason.slice(0, REASON_CHARACTERS) };
  const sha256 = hashOf(refreshToken);
  const ids = pending.ownerRecords.names(presentedId(""));
  const [oldest] = ids;
  if (oldest !== undefined && ids.length >= MOST && !ids.includes(presentedId(sha256))) {
    pending.record({ kind: "forget-owner-record", id: oldest });
  }
  const kept = { kind: "presented", sha256, flight: { ...known, ...cut } } as const;
  pending.record({ kind: "owner-record", record: kept });
}

const given = new WeakSet<object>();

/** A server has given these tokens just now: whatever was presented before, they are good. */
export function justGiven<T extends object>(params: T): T {
  given.add(params);
  return params;
}

/** Whether that was said of them. */
export function isJustGiven(params: object): boolean {
  return given.has(params);
}

/** The flight of a refresh token that is in no credential, where one is remembered. */
export function remembered(pending: Pending, refreshToken: string): OpenFlight | undefined {
  const record = pending.ownerRecords.get(presentedId(hashOf(refreshToken)));
  return record?.kind === "presented" ? record.flight : undefined;
}

function hashOf(refreshToken: string): string {
  return createHash("sha256").update(refreshToken).digest("hex");
}
