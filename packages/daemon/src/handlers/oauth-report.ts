import { reportAsked } from "../oauth/steps.ts";
import type { FlightHandler } from "../turn/handler.ts";

/** `oauth/report` */
export const oauthReport: FlightHandler<"oauth/report"> = { kind: "flight", begin: reportAsked };
