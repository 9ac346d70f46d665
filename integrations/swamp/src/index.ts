export { problemOf } from "./config.ts";
export { vault } from "./vault.ts";
export type { VaultType } from "./vault.ts";
