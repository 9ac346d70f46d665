/** The ways to make sure of one daemon, as `vault/status` and `doctor` name them. */
export type LockKind = "O_EXLOCK" | "UV_FS_O_EXLOCK" | "flock" | "generations" | "sqlite";

/** A lock that this process holds until it ends. */
export interface HeldLock {
  readonly kind: LockKind;
  /** Whether the lock's path still names what we hold; if not, another may hold it too. */
  isOurs(): boolean;
  /** Gives it up; the end of the process does so too. */
  release(): void;
}

/** A try at a lock: ours, another process's, or a kind that this place does not offer. */
export type LockAttempt = HeldLock | "held" | "unsupported";
