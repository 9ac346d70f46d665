export type {
  AtRevision,
  BatchOperation,
  BatchResult,
  DaemonState,
  Encoding,
  Expect,
  HelloParams,
  HelloResult,
  HistoryEntry,
  Metadata,
  MethodName,
  Methods,
  NamedVersion,
  Origin,
  Params,
  Repeatable,
  Result,
  SecretEntry,
  SecretValue,
  StatusDetail,
} from "./methods.ts";
export { ERRORS, StrongroomError } from "./errors.ts";
export type { ErrorCode, ErrorDetails, WireErrorData } from "./errors.ts";
export { LIMITS } from "./limits.ts";
export { PROTOCOL, VERSION } from "./version.ts";
