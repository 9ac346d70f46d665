export type * from "./methods.ts";
export { ReplyReader, RequestWriter } from "./client-transport.ts";
export { parseReply, parseRequest } from "./envelope.ts";
export type {
  CancelEnvelope,
  ReplyEnvelope,
  ReplyError,
  RequestEnvelope,
  RequestId,
} from "./envelope.ts";
export { ERRORS, StrongroomError } from "./errors.ts";
export type { ErrorCode, ErrorDetails, WireErrorData } from "./errors.ts";
export { FrameDecoder } from "./frame-reader.ts";
export { encodeFrame } from "./frame-writer.ts";
export { InFlight } from "./in-flight.ts";
export { LIMITS } from "./limits.ts";
export { METHODS } from "./method-table.ts";
export type { MethodEntry, MethodKind } from "./method-table.ts";
export { checkName, isWellFormed } from "./names.ts";
export { isMethodName, parseParams } from "./params.ts";
export { compilePattern } from "./pattern.ts";
export { ReplyWriter, RequestReader } from "./server-transport.ts";
export { PROTOCOL, VERSION } from "./version.ts";
export { WireError } from "./wire-error.ts";
export type { WireFault } from "./wire-error.ts";
