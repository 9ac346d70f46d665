import type { OAuthRecord } from "./oauth-record.ts";

type Identity = Pick<OAuthRecord, "registration" | "scopes" | "subject">;

/**
 * Whether tokens of one may be those of the other: the same server, client and account with the
 * same rights. A secret of the client, or where tokens are revoked, may change without them.
 */
export function isSameGrant(one: Identity, other: Identity): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf({ registration, scopes, subject }: Identity): string {
  const { clientId, issuer, resource, tokenEndpoint } = registration;
  return JSON.stringify([
    issuer,
    clientId,
    tokenEndpoint,
    resource ?? null,
    subject ?? null,
    [...new Set(scopes)].toSorted(),
  ]);
}
