import type { DaemonRecord, Home, PathEnvironment } from "@strongroom/client/protocol";
import type { Finding } from "./finding.ts";

/** What is looked at. */
export interface Scene {
  readonly home: Home;
  readonly env: PathEnvironment;
  /** The record of a daemon, if there is a whole one. */
  readonly record: DaemonRecord | undefined;
}

/** One look; it changes nothing. */
export type Check = (scene: Scene) => Promise<readonly Finding[]> | readonly Finding[];
