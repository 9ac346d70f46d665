import { expect, test } from "vitest";
import { Tail } from "@strongroom/daemon/src/audit/tail.ts";
import { ByteWriter } from "@strongroom/daemon/src/vault/writer.ts";

function entries(...lengths: readonly number[]): Buffer {
  const writer = new ByteWriter();
  for (const length of lengths) writer.bytes(Buffer.alloc(length, length));
  return Buffer.from(writer.view());
}

test("a tail gives back what it was given, in order, however long", () => {
  const tail = new Tail();
  const lengths = [1, 100_000, 200_000, 300_000, 5, 7];
  tail.add(entries(1, 100_000), 2);
  tail.add(entries(200_000), 1);
  tail.add(entries(300_000, 5), 2);
  tail.add(entries(7), 1);
  expect(Array.from(tail, ({ length }) => length)).toEqual(lengths);
  expect(Array.from(tail, (each) => each[0])).toEqual(lengths.map((length) => length % 256));
  expect(tail.count).toBe(6);
  expect(tail.length).toBe(entries(...lengths).length);
});

test("it comes back to where it was marked, and grows from there", () => {
  const tail = new Tail();
  tail.add(entries(10), 1);
  const mark = tail.mark();
  tail.add(entries(20, 260_000), 2);
  tail.add(entries(30), 1);
  tail.undo(mark);
  expect([tail.count, tail.length]).toEqual([1, entries(10).length]);
  tail.add(entries(40), 1);
  expect(Array.from(tail, ({ length }) => length)).toEqual([10, 40]);
});

test("what is put before it comes first", () => {
  const tail = new Tail();
  tail.add(entries(3, 4), 2);
  tail.prepend([Buffer.alloc(1), Buffer.alloc(2)]);
  expect(Array.from(tail, ({ length }) => length)).toEqual([1, 2, 3, 4]);
  expect(tail.count).toBe(4);
});
