import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { LeaseRef } from "@strongroom/client/protocol";
import type { Clocks } from "../lock/clocks.ts";
import { cancelled } from "../turn/refusal.ts";
import type { Timers } from "../turn/timers.ts";
import type { CancelSignal } from "../turn/turn.ts";
import { Expiry } from "./expiry.ts";
import { LineShares } from "./line-shares.ts";
import type { Line } from "./line.ts";
import { notHeld, taken } from "./refusals.ts";
import { WaitingLine } from "./waiting-line.ts";

/** What leases are made of. */
export interface LeaseParts {
  readonly clocks: Pick<Clocks, "booted" | "running">;
  readonly timers: Pick<Timers, "after">;
  /** A number above every token that was ever given, as far as those before this process know. */
  readonly floor: () => number;
}

/** Who asks for a lease, and for how long they wait; milliseconds. */
export interface LeaseAsker {
  readonly ttl: number;
  readonly wait: number;
  readonly line: Line | undefined;
  readonly signal: CancelSignal;
}

interface Lease extends LeaseRef {
  readonly line: Line | undefined;
  readonly expiry: Expiry;
  readonly letGo: () => void;
  /** Changes that were judged under it, and of which it is not known yet whether they stand. */
  writing: number;
  hasEnded: boolean;
}

/**
 * Who holds which lease, in the memory of this process alone: whoever held one of an earlier process
 * holds none. A lease ends by its time, by the end of its connection, or when it is released; the
 * next holder gets it when no change that was judged under it is on its way any more.
 */
export class Leases {
  readonly #parts: LeaseParts;
  readonly #held = new Map<string, Lease>();
  readonly #waiting: WaitingLine;
  readonly #shares = new LineShares(LIMITS.leases);
  #last = 0;
  #refusal: StrongroomError | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#waiting = new WaitingLine(parts.timers);
  }

  /** Resolves with a lease that is the caller's; `CONFLICT` when their time to wait is over. */
  async acquire(name: string, asker: LeaseAsker): Promise<LeaseRef> {
    if (this.#refusal !== undefined) throw this.#refusal;
    const { line, signal, wait } = asker;
    if (signal.aborted || line?.end.isPast === true) throw cancelled();
    this.#shares.checkRoom(line);
    this.#judge(name);
    if (!this.#held.has(name)) return this.#grant(name, asker);
    if (wait === 0) throw taken();
    return await this.#waiting.join(name, { retired: line?.retired, signal, wait }, () => {
      // It may have got others since it began to wait.
      this.#shares.checkRoom(line);
      return this.#grant(name, asker);
    });
  }

  /** Lets a lease of this connection last for so long from now; `CONFLICT` when it has none such. */
  renew(ref: LeaseRef, ttl: number, line: Line | undefined): void {
    const lease = this.#current(ref);
    if (lease.line !== line) throw notHeld();
    lease.expiry.extend(ttl);
  }

  /** Whether it held until now, and by this connection: tokens are no secrets. */
  release({ name, token }: LeaseRef, line: Line | undefined): boolean {
    this.#judge(name);
    const lease = this.#held.get(name);
    if (lease?.token !== token || lease.hasEnded || lease.line !== line) return false;
    this.#end(lease);
    return true;
  }

  /**
   * Demands of a change that is judged now that its lease holds; `CONFLICT` when it does not. The
   * returned function is called when it is known whether the change stands.
   */
  use(ref: LeaseRef): () => void {
    const lease = this.#current(ref);
    lease.writing += 1;
    let isSettled = false;
    return () => {
      if (isSettled) return;
      isSettled = true;
      lease.writing -= 1;
      if (lease.hasEnded) this.#vacate(lease);
    };
  }

  /** Gives none any more: whoever waits is refused with this. */
  close(error: StrongroomError): void {
    this.#refusal = error;
    this.#waiting.fail(error);
    for (const lease of this.#held.values()) lease.letGo();
  }

  #current({ name, token }: LeaseRef): Lease {
    this.#judge(name);
    const lease = this.#held.get(name);
    if (lease?.token !== token || lease.hasEnded) throw notHeld();
    return lease;
  }

  /** Whatever has come to its end by now ends, whether a timer has said so or not. */
  #judge(name: string): void {
    const lease = this.#held.get(name);
    if (lease?.expiry.isOver === true && !lease.hasEnded) this.#end(lease);
  }

  #grant(name: string, { line, ttl }: LeaseAsker): LeaseRef {
    const { clocks, floor, timers } = this.#parts;
    this.#last = Math.max(this.#last + 1, floor());
    const expiry = new Expiry({ clocks, timers, ended: () => this.#judge(name) }, ttl);
    const leave = this.#shares.take(line, () => this.#end(lease));
    const letGo = (): void => {
      expiry.stop();
      leave();
    };
    const token = this.#last;
    const lease: Lease = { name, token, line, expiry, letGo, writing: 0, hasEnded: false };
    this.#held.set(name, lease);
    return { name, token };
  }

  #end(lease: Lease): void {
    if (lease.hasEnded) return;
    lease.hasEnded = true;
    lease.letGo();
    this.#vacate(lease);
  }

  #vacate(lease: Lease): void {
    if (lease.writing > 0) return;
    this.#held.delete(lease.name);
    this.#waiting.next(lease.name);
  }
}
