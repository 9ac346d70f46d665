import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthAccess, OAuthEntry } from "@strongroom/client/protocol";

/** mcporter takes a token for expired a minute before; so long before there is another one. */
const LEAD_MS = 300_000;
/** The most of a life that is given up for that. */
const LEAD_PART = 0.5;
/** Between two attempts, where the next one may bring another answer. */
const AGAIN_MS = 15_000;
const LATER_MS = 60_000;
/** What a later attempt cannot mend, but a sign-in or a put, of which an event tells. */
const FINAL: ReadonlySet<string> = new Set(["NOT_FOUND", "REAUTHORIZE"]);

/** An access token to be given away, or why there is none, and when to look again. */
export interface Fetched {
  readonly name: string;
  readonly access?: OAuthAccess;
  readonly failure?: StrongroomError;
  /** Milliseconds since 1970. */
  readonly due: number;
}

/** An access token that lives for longer than mcporter wants, where the server gives one. */
export async function fetchToken(
  client: Pick<Client, "token">,
  { expiresAt = 0, name, obtainedAt = 0 }: OAuthEntry,
  signal: AbortSignal,
): Promise<Fetched> {
  const minTtl = Math.ceil(leadOf(expiresAt - obtainedAt) / 1000);
  try {
    const access = await client.token(name, { ...(minTtl > 0 ? { minTtl } : {}), signal });
    return { name, access, due: dueOf(access, expiresAt - obtainedAt) };
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code === "LOCKED") throw error;
    const wait = error.retryable ? AGAIN_MS : LATER_MS;
    return { name, failure: error, due: FINAL.has(error.code) ? Infinity : Date.now() + wait };
  }
}

function dueOf({ expiresAt, short }: OAuthAccess, lifeBefore: number): number {
  const now = Date.now();
  const lead = leadOf(Math.max(lifeBefore, expiresAt - now));
  // No other one was to be had, or it lives as short as the time ahead.
  if (short === true || expiresAt - lead <= now) return now + Math.min(AGAIN_MS, lead / 5);
  return expiresAt - lead;
}

function leadOf(life: number): number {
  return Math.max(0, Math.min(LEAD_MS, life * LEAD_PART));
}
