export { Client } from "./client.ts";
export type { Change } from "./change.ts";
export { connect } from "./connect.ts";
export { givenUp } from "./deaths.ts";
export { isBarred } from "./dial.ts";
export { parseDuration } from "./duration.ts";
export { daemonEnvironment } from "./environment.ts";
export type { DaemonProgram } from "./launch.ts";
export type { Lease, LeaseOptions, LeaseWork } from "./lease.ts";
export type { Watched, WatchOptions } from "./watch.ts";
export type {
  CallOptions,
  ChangeOptions,
  ConnectOptions,
  ExpectOptions,
  SetOptions,
} from "./options.ts";
export type {
  BatchOperation,
  BatchResult,
  DaemonState,
  ErrorCode,
  Expect,
  HelloResult,
  HistoryEntry,
  LeaseRef,
  ApprovalEntry,
  Approved,
  Recipe,
  RecipeEntry,
  RecipeVariable,
  Renewer,
  RenewerEntry,
  WatchEvent,
  Metadata,
  MethodName,
  Params,
  Result,
  SecretEntry,
} from "./protocol/index.ts";
export { StrongroomError } from "./protocol/index.ts";
export { Secret } from "./secret.ts";
export { stopOlder } from "./stop-older.ts";
export { startFolder } from "./start-folder.ts";
export {
  formatSupervision,
  notedSupervision,
  readSupervision,
  SUPERVISION_NAME,
} from "./supervision.ts";
export type { Supervision } from "./supervision.ts";
export type { TokenOptions } from "./token.ts";
export { encodeValue } from "./values.ts";
export type { WireValue } from "./values.ts";
export type { Compute } from "./update.ts";
