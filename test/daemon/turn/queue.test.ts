import type { StrongroomError } from "@strongroom/client/protocol";
import { Queue } from "@strongroom/daemon/src/turn/queue.ts";
import type { Waiting } from "@strongroom/daemon/src/turn/queue.ts";
import { expect, it } from "vitest";

class Entry implements Waiting {
  readonly controller = new AbortController();
  readonly since: number;
  readonly refusals: string[] = [];

  constructor(since = 0) {
    this.since = since;
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  refuse(error: StrongroomError): void {
    this.refusals.push(error.code);
  }
}

it("a queue is first in, first out, and full at its limit", () => {
  const queue = new Queue<Entry>(2, 1000);
  const [first, second, third] = [new Entry(), new Entry(), new Entry()];
  expect([first, second, third].map((entry) => queue.push(entry, 70))).toEqual([true, true, false]);
  expect(third.refusals).toEqual(["BUSY"]);
  expect([...queue]).toEqual([first, second]);
  queue.remove(first);
  expect(queue.push(third, 70)).toBe(true);
  expect([...queue]).toEqual([second, third]);
});

it("who is taken back leaves at once and is refused once; who was taken out cannot be", () => {
  const queue = new Queue<Entry>(3, 1000);
  const [waiting, taken, late] = [new Entry(), new Entry(), new Entry()];
  queue.push(waiting, 1);
  queue.push(taken, 1);
  queue.remove(taken);
  for (const entry of [waiting, taken, late]) entry.controller.abort();
  expect(queue.size).toBe(0);
  expect(queue.push(late, 1)).toBe(false);
  expect([waiting, taken, late].map(({ refusals }) => refusals)).toEqual([
    ["TIMEOUT"],
    [],
    ["TIMEOUT"],
  ]);
});

it("who waited too long is refused, the others stay", () => {
  const queue = new Queue<Entry>(3, 1000);
  const [old, young] = [new Entry(0), new Entry(5)];
  queue.push(old, 1);
  queue.push(young, 1);
  queue.expire(1000, 1);
  expect(queue.size).toBe(2);
  queue.expire(1001, 1);
  expect([old.refusals, young.refusals]).toEqual([["BUSY"], []]);
  expect([...queue]).toEqual([young]);
});
