/** Time as the server sees it; tests bring their own. */
export interface Timers {
  /** Calls `run` every `ms` milliseconds until the returned function is called. */
  every(ms: number, run: () => void): () => void;
  /** Calls `run` once after `ms` milliseconds unless the returned function is called. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` when the sockets were polled once more. */
  polled(run: () => void): void;
  /** Milliseconds of a clock that never goes back. */
  now(): number;
}

/** The timers of Node; none of them keeps the process alive. */
export const nodeTimers: Timers = {
  every(ms, run) {
    const timer = setInterval(run, ms).unref();
    return () => clearInterval(timer);
  },
  after(ms, run) {
    const timer = setTimeout(run, ms).unref();
    return () => clearTimeout(timer);
  },
  // Immediates run after the poll phase. One of an immediate of ours runs after the next poll.
  polled: (run) => void setImmediate(run),
  now: () => performance.now(),
};
