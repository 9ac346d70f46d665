import type { OAuthCredential, OAuthTokens, Params } from "@strongroom/client/protocol";

/** The refresh token that a credential of a test has at first. */
export const FIRST_REFRESH = "refresh-0";

/** What is put for a credential of a test: an access token of an hour and a refresh token. */
export function credential(
  name: string,
  tokens: OAuthTokens | undefined = { expiresIn: 3600 },
  more: Partial<OAuthCredential> = {},
): Params<"oauth/put"> {
  return {
    name,
    registration: {
      issuer: "https://as.example",
      tokenEndpoint: "https://as.example/token",
      revocationEndpoint: "https://as.example/revoke",
      clientId: "client",
      clientAuth: "none",
    },
    scopes: ["read", "write"],
    tokens: { accessToken: "access-0", refreshToken: FIRST_REFRESH, ...tokens },
    ...more,
  };
}
