import type { OAuthCredential, OAuthEntry } from "@strongroom/client/protocol";
import { contested, heldBy } from "./step.ts";
import type { CredentialStep, OnConflict } from "./step.ts";

/** What has which name in a vault. */
export interface Taken {
  readonly credentials: ReadonlyMap<string, OAuthEntry>;
  /** Names that a program renews a secret of. */
  readonly renewed: ReadonlySet<string>;
  readonly secrets: ReadonlySet<string>;
}

/**
 * Compares an OAuth credential of a source with what has its name here. Tokens are not shown, and
 * so compared by when they expire, and whether they can be refreshed.
 */
export function credentialStep(
  credential: OAuthCredential,
  { credentials, renewed, secrets }: Taken,
  onConflict: OnConflict,
): CredentialStep {
  const { name, tokens } = credential;
  const stands = credentials.get(name);
  if (stands === undefined) {
    const obstacle = secrets.has(name) ? "secret" : renewed.has(name) ? "renewer" : undefined;
    if (obstacle === undefined) return { credential, action: "new", version: 0 };
    return { credential, action: heldBy(onConflict), version: 0, obstacle };
  }
  const version = stands.generation;
  if (isSameClient(credential, stands) && hasSameTokens(credential, stands)) {
    return { credential, action: "same", version };
  }
  if (isOwn(stands)) return { credential, action: heldBy(onConflict), version, obstacle: "own" };
  const isNewer = (tokens?.expiresAt ?? 0) > (stands.expiresAt ?? 0);
  return { credential, action: contested(onConflict, isNewer), version };
}

/** Its refresh token is nobody's but the vault's: what takes its place ends it. */
function isOwn({ state }: OAuthEntry): boolean {
  return state === "ok" || state === "failing";
}

function isSameClient({ registration, tokens }: OAuthCredential, stands: OAuthEntry): boolean {
  const { clientId, issuer, resource, tokenEndpoint } = registration;
  // Given access tokens alone, mcporter may have registered another client for a sign-in.
  const isGiven = isOwn(stands) && tokens?.refreshToken === undefined;
  return (
    issuer === stands.issuer &&
    tokenEndpoint === stands.tokenEndpoint &&
    resource === stands.resource &&
    (isGiven || clientId === stands.clientId)
  );
}

function hasSameTokens({ tokens = {} }: OAuthCredential, stands: OAuthEntry): boolean {
  // The vault has refreshed its own since, or will.
  if (isOwn(stands)) return true;
  const expiresAt = stands.expiryAssumed === true ? undefined : stands.expiresAt;
  const isRefreshable = tokens.refreshToken !== undefined;
  return tokens.expiresAt === expiresAt && isRefreshable === stands.refreshable;
}
