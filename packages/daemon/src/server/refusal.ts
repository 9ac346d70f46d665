import { StrongroomError } from "@strongroom/client/protocol";
import { ErrorCodes, ResponseError } from "vscode-jsonrpc/node";

/** The error that a client sees: what the closed table says, or a fixed text for all else. */
export function refusal(error: unknown): StrongroomError {
  if (error instanceof StrongroomError) return error;
  return new StrongroomError("INTERNAL", "the daemon failed to answer this request", {
    hint: "Its log says where: strongroom daemon logs",
  });
}

/** That error as vscode-jsonrpc replies it. An unknown method has the number of JSON-RPC's own. */
export function response(error: StrongroomError, callable: boolean): ResponseError<unknown> {
  const { code, message, data } = error.toWire();
  return new ResponseError(callable ? code : ErrorCodes.MethodNotFound, message, data);
}
