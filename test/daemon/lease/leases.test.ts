import { Leases } from "@strongroom/daemon/src/lease/leases.ts";
import type { LeaseAsker } from "@strongroom/daemon/src/lease/leases.ts";
import { Line } from "@strongroom/daemon/src/lease/line.ts";
import { StrongroomError } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";
import { HandClocks } from "../../support/hand-clocks.ts";
import { codeOf } from "../../support/vault.ts";

/** Leases whose clocks and timers go on when a test says so. */
class ByHand {
  readonly clocks = new HandClocks();
  readonly leases: Leases;
  floor = 100;
  #timers: { readonly at: number; readonly callback: () => void }[] = [];

  constructor() {
    const after = (ms: number, callback: () => void): (() => void) => {
      const timer = { at: this.clocks.running() + ms, callback };
      this.#timers.push(timer);
      return () => void (this.#timers = this.#timers.filter((each) => each !== timer));
    };
    this.leases = new Leases({ clocks: this.clocks, timers: { after }, floor: () => this.floor });
  }

  get timers(): number {
    return this.#timers.length;
  }

  ask(name: string, asker: Partial<LeaseAsker> = {}): ReturnType<Leases["acquire"]> {
    const signal = new AbortController().signal;
    return this.leases.acquire(name, { ttl: 1000, wait: 0, line: undefined, signal, ...asker });
  }

  /** Time passes and whatever is due is called. */
  async pass(ms: number): Promise<void> {
    this.clocks.pass(ms);
    for (const timer of this.#timers.filter(({ at }) => at <= this.clocks.running())) {
      this.#timers = this.#timers.filter((each) => each !== timer);
      timer.callback();
    }
    await new Promise(setImmediate);
  }
}

describe("a lease", () => {
  it("is one holder's at a time, and each holder's token is above all before it", async () => {
    const hand = new ByHand();
    const first = await hand.ask("a");
    expect(first).toEqual({ name: "a", token: 100 });
    expect(await codeOf(hand.ask("a"))).toBe("CONFLICT");
    expect((await hand.ask("b")).token).toBe(101);
    expect(hand.leases.release(first, undefined)).toBe(true);
    expect(hand.leases.release(first, undefined)).toBe(false);
    hand.floor = 1000;
    expect((await hand.ask("a")).token).toBe(1000);
  });

  it("ends by its time, though nothing has called: also while the machine slept", async () => {
    const hand = new ByHand();
    const slept = await hand.ask("a");
    hand.clocks.sleep(999);
    hand.leases.renew(slept, 1000, undefined);
    hand.clocks.sleep(1000);
    expect(() => hand.leases.use(slept)).toThrow(/does not hold any more/);
    const stood = await hand.ask("b");
    hand.clocks.time.running += 1000;
    expect(() => hand.leases.renew(stood, 1000, undefined)).toThrow(/does not hold any more/);
    expect(hand.leases.release(stood, undefined)).toBe(false);
    expect((await hand.ask("b")).token).toBeGreaterThan(stood.token);
  });

  it("is given to who waits longest, when it ends, and to nobody who has given up", async () => {
    const hand = new ByHand();
    const order: string[] = [];
    const first = await hand.ask("a");
    const gone = new AbortController();
    const wait = (who: string, asker: Partial<LeaseAsker>): Promise<void> =>
      hand.ask("a", asker).then(
        () => void order.push(who),
        (error: StrongroomError) => void order.push(`${who} ${error.code}`),
      );
    void wait("second", { wait: 5000 });
    void wait("left", { wait: 5000, signal: gone.signal });
    void wait("late", { wait: 10 });
    void wait("third", { wait: 5000 });
    gone.abort();
    await hand.pass(10);
    expect(order).toEqual(["left TIMEOUT", "late CONFLICT"]);
    hand.leases.release(first, undefined);
    // Whoever comes now comes behind those who wait.
    expect(await codeOf(hand.ask("a"))).toBe("CONFLICT");
    expect(order.slice(2)).toEqual(["second"]);
    await hand.pass(1000);
    expect(order.slice(3)).toEqual(["third"]);
  });

  it("goes to nobody else while a change that was judged under it is on its way", async () => {
    const hand = new ByHand();
    const first = await hand.ask("a");
    const settled = hand.leases.use(first);
    const alsoSettled = hand.leases.use(first);
    const next = hand.ask("a", { wait: 60_000 });
    let isGranted = false;
    void next.then(() => (isGranted = true));
    await hand.pass(2000);
    expect(() => hand.leases.use(first)).toThrow(/does not hold any more/);
    settled();
    settled();
    await hand.pass(1);
    expect(isGranted).toBe(false);
    alsoSettled();
    expect((await next).token).toBe(first.token + 1);
  });

  it("is none of more than 64 of a connection, also where it was waited for", async () => {
    const hand = new ByHand();
    const [line, other] = [new Line(), new Line()];
    for (let n = 0; n < 3; n += 1) await hand.ask(`b${n}`, { line: other });
    const waiting = [0, 1, 2].map((n) => codeOf(hand.ask(`b${n}`, { line, wait: 9000 })));
    for (let n = 0; n < 62; n += 1) await hand.ask(`a${n}`, { line });
    const third = hand.ask("b2", { line: new Line(), wait: 9000 });
    other.end.come();
    expect((await Promise.all(waiting)).toSorted()).toEqual(["TOO_LARGE", "resolved", "resolved"]);
    expect(await third).toMatchObject({ name: "b2" });
  });

  it("ends with its connection, which holds 64 at most", async () => {
    const hand = new ByHand();
    const line = new Line();
    for (let n = 0; n < 64; n += 1) await hand.ask(`a${n}`, { line });
    expect(await codeOf(hand.ask("b", { line }))).toBe("TOO_LARGE");
    const next = hand.ask("a7", { wait: 1000 });
    line.end.come();
    expect((await next).name).toBe("a7");
    expect((await hand.ask("a8")).name).toBe("a8");
    expect(await codeOf(hand.ask("c", { line }))).toBe("TIMEOUT");
  });

  it("is kept and given back by the connection that has it alone: tokens can be guessed", async () => {
    const hand = new ByHand();
    const [line, other] = [new Line(), new Line()];
    const held = await hand.ask("a", { line });
    expect(() => hand.leases.renew(held, 1000, other)).toThrow(/does not hold any more/);
    expect(hand.leases.release(held, other)).toBe(false);
    expect(() => hand.leases.renew(held, 1000, line)).not.toThrow();
    expect(hand.leases.release(held, line)).toBe(true);
  });

  it("is given to nobody any more when the daemon ends, and leaves no timer", async () => {
    const hand = new ByHand();
    const held = await hand.ask("a");
    const waiting = codeOf(hand.ask("a", { wait: 1000 }));
    hand.leases.close(new StrongroomError("CLOSING", "the daemon is stopping"));
    expect(await waiting).toBe("CLOSING");
    expect(await codeOf(hand.ask("b"))).toBe("CLOSING");
    expect(hand.timers).toBe(0);
    // What its holder sends before the end is still judged.
    expect(() => hand.leases.use(held)).not.toThrow();
  });
});
