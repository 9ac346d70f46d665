import type { OAuthRecord } from "./oauth-record.ts";

type Identity = Pick<OAuthRecord, "registration" | "scopes" | "subject">;

/**
 * Whether tokens of one may be those of the other: the same server, client and account with the
 * same rights, revoked at the same place. A secret of the client may change without them.
 */
export function isSameGrant(one: Identity, other: Identity): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf({ registration, scopes, subject }: Identity): string {
  const { clientId, issuer, resource, revocationEndpoint, tokenEndpoint } = registration;
  return JSON.stringify([
    issuer,
    clientId,
    tokenEndpoint,
    // A refresh token is sent there as well.
    revocationEndpoint ?? null,
    resource ?? null,
    subject ?? null,
    [...new Set(scopes)].toSorted(),
  ]);
}
