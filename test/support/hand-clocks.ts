import type { Clocks } from "@strongroom/daemon/src/lock/clocks.ts";

/** The three clocks of a machine that is awake or asleep as a test says. */
export class HandClocks implements Clocks {
  readonly time = { wall: 1_800_000_000_000, running: 5000, booted: 90_000 };

  wall(): number {
    return this.time.wall;
  }

  running(): number {
    return this.time.running;
  }

  booted(): number {
    return this.time.booted;
  }

  /** So many milliseconds pass. */
  pass(ms: number): void {
    this.time.wall += ms;
    this.time.running += ms;
    this.time.booted += ms;
  }

  /** The machine is asleep for so many milliseconds. */
  sleep(ms: number): void {
    this.time.wall += ms;
    this.time.booted += ms;
  }
}
