export type {
  AtRevision,
  BatchOperation,
  BatchResult,
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
} from "./methods.ts";
export type {
  AutolockPolicy,
  DaemonState,
  Restored,
  SlotAsked,
  SlotEntry,
  StatusDetail,
} from "./status.ts";
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
export { API_KEY_PATTERN, formatApiToken, parseApiToken } from "./api-token.ts";
export type { ApiToken } from "./api-token.ts";
export type { AuditEntry, AuditMode, AuditPolicy } from "./audit.ts";
export type { Fenced, LeaseRef } from "./lease-methods.ts";
export type { ApprovalEntry, Approved } from "./approval-methods.ts";
export type { Recipe, RecipeEntry, RecipeVariable } from "./recipe-methods.ts";
export type { Renewer, RenewerEntry } from "./renewer-methods.ts";
export type { WatchEvent } from "./watch-methods.ts";
export type {
  OAuthAccess,
  OAuthCredential,
  OAuthEntry,
  OAuthLogin,
  OAuthRegistration,
  OAuthServer,
  OAuthTokens,
} from "./oauth.ts";
export type { SessionJwk, SessionTerms } from "./session-methods.ts";
export { isSessionToken } from "./session-token.ts";
export { moveAside, shellWord } from "./shell-word.ts";
export { DAEMON_WORD, singleFile } from "./single-file.ts";
export type { ApiKeyEntry, ApiKeyTerms, MadeApiKey } from "./api-key.ts";
export { ACTIONS, checkRule, OWN_AUDIENCE, parseRule } from "./scope.ts";
export type { Action, Rule } from "./scope.ts";
export {
  folderMode,
  formatSharedDoor,
  isSharedMode,
  readSharedDoor,
  SHARED_DOOR_NAME,
  sharedDoorCommand,
  SHARED_SOCKET_NAME,
} from "./shared-door.ts";
export type { SharedDoor } from "./shared-door.ts";
export { mountedDoor, mountedRefusal } from "./mounted-door.ts";
export { encodeFrame } from "./frame-writer.ts";
export { InFlight } from "./in-flight.ts";
export { LIMITS } from "./limits.ts";
export { makeFolder } from "./make-folder.ts";
export { METHODS } from "./method-table.ts";
export type { MethodEntry, MethodKind } from "./method-entry.ts";
export { checkName, checkResource, isWellFormed } from "./names.ts";
export { isMethodName, parseParams } from "./params.ts";
export { compilePattern, coversPattern } from "./pattern.ts";
export { ReplyWriter, RequestReader } from "./server-transport.ts";
export type { ReplyMessage, Standing } from "./server-transport.ts";
export { PROTOCOL, VERSION } from "./version.ts";
export { CLIPBOARD_FOLDERS } from "./clipboard-folders.ts";
export { bootId, isPastSpawnClaim, spawnClaimName } from "./boot.ts";
export {
  keySocketOf,
  RECORD_NAME,
  pinPath,
  resolveHome,
  SOCKET_PATH_BYTES,
  SOCKET_SUFFIX_BYTES,
  socketCandidates,
  temporaryFolder,
  vaultIdentity,
} from "./paths.ts";
export type { Home, PathEnvironment } from "./paths.ts";
export { formatRecord, parseRecord, readRecord } from "./record.ts";
export { readSmallFile } from "./small-file.ts";
export type { DaemonRecord } from "./record.ts";
export {
  drawNonce,
  formatAnswer,
  formatChallenge,
  formatPipeSecret,
  formatReply,
  isProof,
  isReply,
  parseAnswer,
  parseChallenge,
  PIPE_SECRET_NAME,
  PROOF_BYTES,
  readPipeSecret,
} from "./pipe-proof.ts";
export { readExactly } from "./read-exactly.ts";
export { checkFile, checkFolder, checkHome } from "./private.ts";
export { LAST_EXIT_NAME, readEnding, readLastExit } from "./last-exit.ts";
export type { LastExit } from "./last-exit.ts";
export { WireError } from "./wire-error.ts";
export type { WireFault } from "./wire-error.ts";
export { ownProcess } from "./own-process.ts";
export type { ProcessPlace } from "./own-process.ts";
export { accessOf, restrictAccess } from "./windows-access.ts";
export type { Access, RunTool } from "./windows-access.ts";
