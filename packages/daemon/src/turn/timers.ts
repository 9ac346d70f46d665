/** What the turn asks of the event loop; tests inject their own. */
export interface Timers {
  /** Calls back at the end of this turn of the event loop. */
  soon(callback: () => void): void;
  /** Calls back once after so many milliseconds, unless the returned function is called before. */
  after(ms: number, callback: () => void): () => void;
  /** Calls back again and again, milliseconds apart, until the returned function is called. */
  every(ms: number, callback: () => void): () => void;
}

/** The timers of the system; none that comes again keeps the process alive. */
export const systemTimers: Timers = {
  soon: (callback) => void setImmediate(callback),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  every: (ms, callback) => {
    const timer = setInterval(callback, ms).unref();
    return () => clearInterval(timer);
  },
};
