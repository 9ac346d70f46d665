import { bootedMs } from "./boot-clock.ts";

/** The three clocks that tell how long a vault has been open, in milliseconds. */
export interface Clocks {
  /** Since 1970; may jump either way. */
  wall(): number;
  /** Since some start; stands still while the machine sleeps. */
  running(): number;
  /** Since the machine was started; goes on while it sleeps, where the system knows. */
  booted(): number;
}

/** The clocks of the system. */
export const systemClocks: Clocks = {
  wall: () => Date.now(),
  running: () => performance.now(),
  booted: bootedMs,
};
