/** The ways to make sure of one daemon, as `vault/status` and `doctor` name them. */
export type LockKind = "O_EXLOCK" | "UV_FS_O_EXLOCK" | "flock" | "generations" | "sqlite";

/** A lock that this process holds until it ends. */
export interface HeldLock {
  readonly kind: LockKind;
  /** Whether the lock's path still names what we hold; if not, another may hold it too. */
  isOurs(): boolean;
  /**
   * Whether it is ours still once our record can be seen, before which a daemon that cannot have this
   * kind of lock had nothing to look at. Where there is no such function it is.
   */
  isSole?(): Promise<boolean>;
  /** Gives it up; the end of the process does so too. */
  release(): void;
}

/** A try at a lock: ours, another process's, or a kind that this place does not offer. */
export type LockAttempt = HeldLock | "held" | "unsupported";
