/** What a daemon waits for, in milliseconds. */
export interface Times {
  /** Between two looks of the watch. */
  readonly watchMs: number;
  /** Between two looks whether a read-only vault can be written again. */
  readonly retryMs: number;
  /** How long an auto-started daemon that cannot serve tells so, after its last connection. */
  readonly failedMs: number;
  /** How long clients get to take their last replies. */
  readonly graceMs: number;
  /** How long a stop may take before the process ends all the same. */
  readonly stopMs: number;
}

/** DESIGN, sections 3 to 5; the last two are ours. */
export const TIMES: Times = {
  watchMs: 5000,
  retryMs: 1000,
  failedMs: 10_000,
  graceMs: 2000,
  stopMs: 20_000,
};
