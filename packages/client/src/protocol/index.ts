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
export { bootId, isPastSpawnClaim, spawnClaimName } from "./boot.ts";
export {
  RECORD_NAME,
  resolveHome,
  SOCKET_PATH_BYTES,
  SOCKET_SUFFIX_BYTES,
  socketCandidates,
  vaultIdentity,
} from "./paths.ts";
export type { Home, PathEnvironment } from "./paths.ts";
export { formatRecord, parseRecord, readRecord } from "./record.ts";
export type { DaemonRecord } from "./record.ts";
export { checkFile, checkFolder, checkHome } from "./private.ts";
export { LAST_EXIT_NAME, readLastExit } from "./last-exit.ts";
export type { LastExit } from "./last-exit.ts";
