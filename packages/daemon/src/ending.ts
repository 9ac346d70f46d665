/** How a daemon ends: the status of its process, and one sentence that is safe to print. */
export interface Ending {
  readonly status: number;
  readonly reason: string;
}

/** The statuses with which a daemon ends that has run; one that is refused uses the CLI's. */
export const STATUS = {
  /** It was stopped, or had nothing to do any more. */
  stopped: 0,
  /** EX_NOPERM: its vault was locked; a supervisor starts the next, which knows no secret. */
  locked: 77,
  /** EX_SOFTWARE of sysexits.h: a fault of ours. */
  fault: 70,
  /** EX_IOERR: the outcome of a write is unknown, nothing is believed any more. */
  poisoned: 74,
  /** EX_TEMPFAIL: the vault, or the lock on it, was taken away. */
  lost: 75,
} as const;
