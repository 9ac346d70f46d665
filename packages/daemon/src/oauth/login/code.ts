import { StrongroomError } from "@strongroom/client/protocol";
import {
  AuthorizationResponseError,
  authorizationCodeGrantRequest,
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
  processAuthorizationCodeResponse,
  validateAuthResponse,
} from "oauth4webapi";
import { speaking } from "../http.ts";
import { authenticationOf } from "../token-endpoint.ts";
import { askedFor, signedIn } from "./ground.ts";
import type { Ground, SignedIn } from "./ground.ts";
import type { Loopback } from "./loopback.ts";
import { loginFailure, notOurs, unable } from "./refusal.ts";

const BY_CODE =
  "a code that is entered on another device may do: strongroom oauth login NAME URL --device";

/** A page to sign in at, and what to do with what the browser brings back. */
export interface CodeFlow {
  readonly url: string;
  /** Redeems the code of an answer that is ours. Rejects with what is to be told. */
  finish(answer: URLSearchParams): Promise<SignedIn>;
}

/**
 * The authorization code flow of a native app: PKCE with S256 (RFC 7636), a state that is compared,
 * and the issuer, where the server says who it is (RFC 9207).
 */
export async function beginCode(
  ground: Ground,
  { redirectUri }: Pick<Loopback, "redirectUri">,
): Promise<CodeFlow> {
  const { client, found, scopes } = ground;
  const { server } = found;
  if (server.authorization_endpoint === undefined || server.token_endpoint === undefined) {
    throw unable("the server has no page to sign in at", BY_CODE);
  }
  const methods = server.code_challenge_methods_supported;
  if (methods !== undefined && !methods.includes("S256")) {
    throw unable(
      "the server does not take PKCE with S256, so that others could use the code of a page",
      BY_CODE,
    );
  }
  const verifier = generateRandomCodeVerifier();
  const state = generateRandomState();
  const url = new URL(server.authorization_endpoint);
  const parameters = {
    client_id: client.clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    code_challenge: await calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state,
    // OpenID Connect gives no refresh token to a browser that was not asked again.
    ...(scopes.includes("offline_access") ? { prompt: "consent" } : {}),
    ...askedFor(ground),
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return {
    url: url.href,
    finish: (answer) => redeem(ground, { answer, redirectUri, state, verifier }),
  };
}

interface Code {
  readonly answer: URLSearchParams;
  readonly redirectUri: string;
  readonly state: string;
  readonly verifier: string;
}

async function redeem(ground: Ground, code: Code): Promise<SignedIn> {
  const { allowance, client, found, http } = ground;
  const { resource, server } = found;
  const known = { client_id: client.clientId };
  const ours = judged(ground, code);
  try {
    const response = await authorizationCodeGrantRequest(
      server,
      known,
      authenticationOf(client),
      ours,
      code.redirectUri,
      code.verifier,
      {
        ...speaking(http, allowance),
        additionalParameters: resource === undefined ? {} : { resource },
      },
    );
    return signedIn(ground, await processAuthorizationCodeResponse(server, known, response));
  } catch (error) {
    throw loginFailure(error, "signing in");
  }
}

function judged({ client, found }: Ground, { answer, state }: Code): URLSearchParams {
  try {
    return validateAuthResponse(found.server, { client_id: client.clientId }, answer, state);
  } catch (error) {
    if (error instanceof AuthorizationResponseError || error instanceof StrongroomError) {
      throw loginFailure(error, "signing in");
    }
    throw notOurs("the browser came back with an answer to another question");
  }
}
