import { StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import { refusalOf } from "../turn/refusal.ts";
import { permittedUrl } from "./permission.ts";

/**
 * Throws `INVALID` for a credential whose server could never be asked: at an endpoint without TLS,
 * or at an address that is not public and not its `privateHost`. One that is not refreshed from
 * here (`shared`, or without a refresh token) may have any.
 */
export function demandReachable({ registration, shared, tokens }: Params<"oauth/put">): void {
  const isRefreshed = tokens === undefined || tokens.refreshToken !== undefined;
  if (!isRefreshed || shared === true) return;
  const { privateHost, revocationEndpoint, tokenEndpoint } = registration;
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
