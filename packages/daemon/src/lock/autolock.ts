import type { AutolockPolicy } from "@strongroom/client/protocol";
import type { Clocks } from "./clocks.ts";
import type { LockReason } from "./marker.ts";

/** What passes between two looks of a machine that was asleep, at least; the boot clock has seconds. */
const SLEPT_MS = 3000;

interface Reading {
  readonly wall: number;
  readonly running: number;
  readonly booted: number;
}

/**
 * Judges whether a vault has been open, or unused, for too long. It is asked at each request,
 * before anything is answered: no timer has to fire for that. Time that one clock has seen pass
 * has passed, whatever the others say; a clock that was set back gives nothing back.
 */
export class Autolock {
  readonly #clocks: Clocks;
  #policy: AutolockPolicy = {};
  #opened: Reading;
  #used: Reading;
  #looked: Reading;

  constructor(clocks: Clocks) {
    this.#clocks = clocks;
    this.#opened = this.#used = this.#looked = this.#read();
  }

  get policy(): AutolockPolicy {
    return this.#policy;
  }

  /** The vault was opened, or the owner chose anew: all times count from now. */
  begin(policy: AutolockPolicy): void {
    this.#policy = policy;
    this.#opened = this.#used = this.#looked = this.#read();
  }

  /** Why the vault must be locked before anything else, or undefined. `isUse`: it is used now. */
  due(isUse: boolean): LockReason | undefined {
    const { idleMs, openMs, onSuspend } = this.#policy;
    if (idleMs === undefined && openMs === undefined && onSuspend !== true) return undefined;
    const now = this.#read();
    const asleep = now.booted - this.#looked.booted - (now.running - this.#looked.running);
    this.#looked = now;
    if (openMs !== undefined && passed(this.#opened, now) >= openMs) return "time";
    if (idleMs !== undefined && passed(this.#used, now) >= idleMs) return "idle";
    if (onSuspend === true && asleep >= SLEPT_MS) return "suspended";
    if (isUse) this.#used = now;
    return undefined;
  }

  #read(): Reading {
    const clocks = this.#clocks;
    return { wall: clocks.wall(), running: clocks.running(), booted: clocks.booted() };
  }
}

function passed(from: Reading, now: Reading): number {
  return Math.max(now.wall - from.wall, now.running - from.running, now.booted - from.booted);
}
