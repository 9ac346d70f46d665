export { encodeValue, Quick, QuickFailure, vaultFolder } from "./quick.ts";
