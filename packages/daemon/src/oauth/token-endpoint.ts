import { StrongroomError } from "@strongroom/client/protocol";
import {
  ClientSecretBasic,
  ClientSecretPost,
  None,
  refreshTokenGrantRequest,
  revocationRequest,
} from "oauth4webapi";
import type { AuthorizationServer, Client, ClientAuth as Authenticate } from "oauth4webapi";
import { refusalOf } from "../turn/refusal.ts";
import { speaking } from "./http.ts";
import type { Http } from "./http.ts";
import { readNetwork } from "./network.ts";
import { permittedUrl } from "./permission.ts";
import type { Obstacles, Provider, Redemption, Registration } from "./provider.ts";
import { readTokenAnswer } from "./token-answer.ts";

/** What speaks to the authorization servers of credentials over the network. */
export function networkProvider(http: Http): Provider {
  return {
    obstacles: () => obstaclesOf(http.configFolder),
    redeem: async (registration, request, signal) => {
      let isSent = false;
      const sent = (): void => {
        isSent = true;
      };
      try {
        const response = await refreshTokenGrantRequest(
          serverOf(registration),
          clientOf(registration),
          authenticationOf(registration),
          request.refreshToken,
          {
            ...speaking(http, { privateHost: registration.privateHost, signal, sent }),
            additionalParameters: parametersOf(registration, request.scopes),
          },
        );
        return readTokenAnswer({
          status: response.status,
          body: await response.text(),
          retryAfter: response.headers.get("retry-after"),
          now: Date.now(),
        });
      } catch (error) {
        return failureOf(error, isSent);
      }
    },
    revoke: async (registration, refreshToken, signal) => {
      if (registration.revocationEndpoint === undefined) return false;
      try {
        const { status } = await revocationRequest(
          serverOf(registration),
          clientOf(registration),
          authenticationOf(registration),
          refreshToken,
          {
            ...speaking(http, { privateHost: registration.privateHost, signal }),
            additionalParameters: { token_type_hint: "refresh_token" },
          },
        );
        return status === 200;
      } catch {
        return false;
      }
    },
  };
}

async function obstaclesOf(configFolder: string): Promise<Obstacles> {
  try {
    await readNetwork(configFolder);
  } catch (error) {
    return () => refusalOf(error);
  }
  return ({ privateHost, tokenEndpoint }) => {
    try {
      permittedUrl(tokenEndpoint, privateHost);
      return undefined;
    } catch (error) {
      return refusalOf(error);
    }
  };
}

/** What oauth4webapi knows of a pinned server. */
function serverOf(registration: Registration): AuthorizationServer {
  const { issuer, revocationEndpoint, tokenEndpoint } = registration;
  return {
    issuer,
    token_endpoint: tokenEndpoint,
    ...(revocationEndpoint === undefined ? {} : { revocation_endpoint: revocationEndpoint }),
  };
}

function clientOf({ clientId }: Registration): Client {
  return { client_id: clientId };
}

/** How a client proves to its server who it is. */
export function authenticationOf({
  clientAuth,
  clientSecret = "",
}: Pick<Registration, "clientAuth" | "clientSecret">): Authenticate {
  if (clientAuth === "client_secret_basic") return ClientSecretBasic(clientSecret);
  return clientAuth === "client_secret_post" ? ClientSecretPost(clientSecret) : None();
}

function parametersOf(
  { resource }: Registration,
  scopes: readonly string[] = [],
): Record<string, string> {
  return {
    ...(resource === undefined ? {} : { resource }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
  };
}

/** Only what is ours is told: an error of the library may quote what it was given. */
function failureOf(error: unknown, isSent: boolean): Redemption {
  if (!(error instanceof StrongroomError)) {
    return { kind: isSent ? "unanswered" : "not-sent", reason: "the request cannot be made" };
  }
  const { hint, message: reason } = error;
  return isSent ? { kind: "unanswered", reason } : { kind: "not-sent", reason, hint };
}
