import type { OAuthCredential } from "@strongroom/client/protocol";
import type { Item } from "./found.ts";

/** What is done about a name that holds something else already. */
export type OnConflict = "fail" | "newer" | "replace" | "skip";

/** What becomes of one thing of a source. */
export type Action = "conflict" | "keep" | "new" | "replace" | "same";

/**
 * What has the name and gives way to no import: an OAuth credential (to a secret), a secret, a
 * program that renews one, or (`own`) tokens that only the vault has.
 */
export type Obstacle = "credential" | "own" | "renewer" | "secret";

interface AnyStep {
  readonly action: Action;
  /** The version, or the generation, that stands here; 0 = none. */
  readonly version: number;
  readonly obstacle?: Obstacle;
}

/** What becomes of one secret of a source. */
export interface Step extends AnyStep {
  readonly item: Item;
  /** What it is called here. */
  readonly name: string;
}

/** What becomes of one OAuth credential of a source, which has the name that it has here. */
export interface CredentialStep extends AnyStep {
  readonly credential: OAuthCredential;
}

/** All that an import does. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly credentials: readonly CredentialStep[];
  readonly remarks: readonly string[];
}

/** What is done where something gives way to no import: it stays, or is in the way. */
export function heldBy(onConflict: OnConflict): "conflict" | "keep" {
  return onConflict === "fail" || onConflict === "replace" ? "conflict" : "keep";
}

/** What is done where something else has the name, and an import may take its place. */
export function contested(onConflict: OnConflict, isNewer: boolean): Action {
  const wins = onConflict === "replace" || (onConflict === "newer" && isNewer);
  return wins ? "replace" : onConflict === "fail" ? "conflict" : "keep";
}
