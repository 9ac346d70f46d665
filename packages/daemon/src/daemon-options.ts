import type { Home, PathEnvironment } from "@strongroom/client/protocol";
import type { Succeed } from "./lock/successor.ts";
import type { LogLevel } from "./logging/logger.ts";
import type { SystemCalls } from "./native/system-calls.ts";
import type { Times } from "./times.ts";

/** What a daemon is started with. */
export interface DaemonOptions {
  readonly home: Home;
  readonly env: PathEnvironment;
  readonly mayCreate: boolean;
  /** Started by a client: leaves by itself when it cannot serve. */
  readonly auto: boolean;
  /** Milliseconds without a connection after which it stops; undefined = never. */
  readonly idleMs: number | undefined;
  readonly logLevel: LogLevel;
  /** Descriptors on which a supervisor listens for it; it takes the vault from whoever has it. */
  readonly sockets?: readonly number[];
  /** Gets a line for people: a new vault, or why none can be served. */
  readonly say: (line: string) => void;
  /** How the process is started that follows on a lock; without it, this one answers for itself. */
  readonly succeed?: Succeed;
  /** Tells which process connected. */
  readonly peerOf?: SystemCalls["peerOf"] | undefined;
  /** Other times than the usual ones; for tests. */
  readonly times?: Partial<Times>;
}
