/** The two clocks that the vault reads; tests inject their own. */
export interface Clock {
  /** Wall time in milliseconds since 1970. It may jump either way. */
  now(): number;
  /** Milliseconds since some start; never goes back and does not know the date. */
  monotonic(): number;
}

/** The clocks of the system. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
