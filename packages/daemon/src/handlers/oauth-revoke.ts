import { revokeAsked } from "../oauth/steps.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/revoke` */
export const oauthRevoke: FlightHandler<"oauth/revoke"> = { kind: "flight", begin: revokeAsked };
