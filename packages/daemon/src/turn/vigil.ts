import { availableParallelism } from "node:os";
import type { Clock } from "../vault/clock.ts";
import type { Timers } from "./timers.ts";

/** Frames of at most so many milliseconds are watched for; and so long at most. */
const VIGIL = { fastMs: 0.5, mostMs: 0.5 } as const;

/**
 * Keeps the event loop from sleeping while a frame is on its way to a fast disk. A thread that
 * sleeps is woken tens of microseconds after the sync has ended; of one mutation that is a tenth.
 * Where several share a frame there are clients to whom the processor is of more use.
 */
export class Vigil {
  readonly #timers: Timers;
  readonly #clock: Clock;
  readonly #processors: number;
  #lastMs = Infinity;
  #until = 0;

  constructor(timers: Timers, clock: Clock, processors: number = availableParallelism()) {
    this.#timers = timers;
    this.#clock = clock;
    this.#processors = processors;
  }

  /** A frame with so many mutations is on its way. */
  began(mutations: number): void {
    if (mutations > 1 || this.#lastMs > VIGIL.fastMs || this.#processors === 1) return;
    this.#until = this.#clock.monotonic() + VIGIL.mostMs;
    this.#stay();
  }

  /** It took so many milliseconds. */
  ended(ms: number): void {
    this.#lastMs = ms;
    this.#until = 0;
  }

  #stay(): void {
    this.#timers.soon(() => {
      if (this.#clock.monotonic() < this.#until) this.#stay();
    });
  }
}
