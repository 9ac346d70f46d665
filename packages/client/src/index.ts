export { Client } from "./client.ts";
export { connect } from "./connect.ts";
export type { DaemonProgram } from "./launch.ts";
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
  Metadata,
  MethodName,
  Params,
  Result,
  SecretEntry,
} from "./protocol/index.ts";
export { StrongroomError } from "./protocol/index.ts";
export { Secret } from "./secret.ts";
export type { Compute } from "./update.ts";
