import { StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import { refusalOf } from "../turn/refusal.ts";
import { permittedUrl } from "./permission.ts";

/**
 * Throws `INVALID` for a credential whose server could never be asked: by a client that is to prove
 * itself and has no secret, at an endpoint without TLS, or at an address that is not public and not
 * its `privateHost`. One that is not refreshed from
 * here (`shared`, or without a refresh token) may have any.
 */
export function demandReachable({ registration, shared, tokens }: Params<"oauth/put">): void {
  const isRefreshed = tokens === undefined || tokens.refreshToken !== undefined;
  if (!isRefreshed || shared === true) return;
  const { clientAuth, clientSecret, privateHost, revocationEndpoint, tokenEndpoint } = registration;
  if (clientAuth !== "none" && clientSecret === undefined) {
    throw new StrongroomError("INVALID", `${clientAuth} takes a client secret, and there is none`, {
      hint: "put it in registration.clientSecret, or say clientAuth none: strongroom help oauth",
    });
  }
  for (const href of [tokenEndpoint, revocationEndpoint]) {
    try {
      if (href !== undefined) permittedUrl(href, privateHost);
    } catch (error) {
      const { hint, message } = refusalOf(error);
      throw new StrongroomError("INVALID", `its server could never be asked: ${message}`, {
        hint,
        cause: error,
      });
    }
  }
}
