import {
  dynamicClientRegistrationRequest,
  processDynamicClientRegistrationResponse,
} from "oauth4webapi";
import type { AuthorizationServer } from "oauth4webapi";
import { speaking } from "../http.ts";
import type { Allowance, Http } from "../http.ts";
import type { ClientAuth, Registration } from "../provider.ts";
import { loginFailure, unable } from "./refusal.ts";

/** Our client at an authorization server. */
export type LoginClient = Pick<Registration, "clientAuth" | "clientId" | "clientSecret">;

/** RFC 8628 section 3.4. */
const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";
const METHODS: readonly ClientAuth[] = ["client_secret_basic", "client_secret_post", "none"];

/**
 * Registers a client that signs in on this machine (RFC 7591): public, with one redirect or none.
 * The server may make it one with a secret. Rejects with `INVALID` where it registers nobody.
 */
export async function registerClient(
  http: Http,
  allowance: Allowance,
  server: AuthorizationServer,
  asked: { readonly redirectUri?: string; readonly scopes: readonly string[] },
): Promise<LoginClient> {
  if (server.registration_endpoint === undefined) {
    throw unable(
      `${new URL(server.issuer).host} registers no clients by itself`,
      "register one there, with the redirect http://127.0.0.1/callback, then give its id: --client-id ID",
    );
  }
  const { redirectUri, scopes } = asked;
  const grants =
    redirectUri === undefined
      ? { grant_types: [DEVICE_GRANT, "refresh_token"], response_types: [], redirect_uris: [] }
      : {
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          redirect_uris: [redirectUri],
        };
  try {
    const response = await dynamicClientRegistrationRequest(
      server,
      {
        client_name: "strongroom",
        application_type: "native",
        token_endpoint_auth_method: "none",
        ...grants,
        ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
      },
      { ...speaking(http, allowance) },
    );
    return clientIn(await processDynamicClientRegistrationResponse(response));
  } catch (error) {
    throw loginFailure(error, "registering a client");
  }
}

function clientIn(answer: {
  readonly client_id?: unknown;
  readonly client_secret?: unknown;
  readonly token_endpoint_auth_method?: unknown;
}): LoginClient {
  const { client_id: clientId, client_secret: secret, token_endpoint_auth_method: named } = answer;
  // RFC 7591 section 2: without a word it is this one.
  const unnamed = typeof secret === "string" ? "client_secret_basic" : "none";
  const clientAuth = METHODS.find((method) => method === (named ?? unnamed));
  if (clientAuth === undefined) {
    throw unable("the server wants a proof of our client that is not known here", USE_OWN);
  }
  if (clientAuth === "none" || typeof secret !== "string") {
    return { clientId: String(clientId), clientAuth: "none" };
  }
  return { clientId: String(clientId), clientAuth, clientSecret: secret };
}

const USE_OWN = "register a public client there, then give its id: --client-id ID";
