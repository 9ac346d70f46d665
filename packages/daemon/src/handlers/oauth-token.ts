import { tokenAsked } from "../oauth/steps.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/token` */
export const oauthToken: FlightHandler<"oauth/token"> = { kind: "flight", begin: tokenAsked };
