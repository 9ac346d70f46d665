import { StrongroomError } from "@strongroom/client/protocol";
import type { WireErrorData } from "@strongroom/client/protocol";

/** JSON-RPC 2.0, section 5.1. */
const METHOD_NOT_FOUND = -32_601;

/** The error object of a reply. */
export interface Refused {
  readonly code: number;
  readonly message: string;
  readonly data: WireErrorData;
}

/** The error that a client sees: what the closed table says, or a fixed text for all else. */
export function refusal(error: unknown): StrongroomError {
  if (error instanceof StrongroomError) return error;
  return new StrongroomError("INTERNAL", "the daemon failed to answer this request", {
    hint: "Its log says where: strongroom daemon logs",
  });
}

/** That error as it is replied. An unknown method has the number of JSON-RPC's own. */
export function response(error: StrongroomError, callable: boolean): Refused {
  const { code, message, data } = error.toWire();
  return { code: callable ? code : METHOD_NOT_FOUND, message, data };
}
