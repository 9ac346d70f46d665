export type * from "./methods.ts";
export { ERRORS, StrongroomError } from "./errors.ts";
export type { ErrorCode, ErrorDetails, WireErrorData } from "./errors.ts";
export { LIMITS } from "./limits.ts";
export { PROTOCOL, VERSION } from "./version.ts";
export { checkName } from "./names.ts";
export { compilePattern } from "./pattern.ts";
