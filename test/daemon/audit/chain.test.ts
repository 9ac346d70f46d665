import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { CHAIN_ORIGIN, follow } from "@strongroom/daemon/src/audit/chain.ts";

test("the head behind a segment is SHA-256 over the head before it and its records", () => {
  const first = follow(CHAIN_ORIGIN, [Buffer.from("one"), Buffer.from("two")]);
  const second = follow(first, [Buffer.alloc(200, 7)]);
  // (head -c 32 /dev/zero; printf '\3one\3two') | sha256sum, and so on.
  expect(first.head.toString("hex")).toBe(
    "085cfb419c50fb957dc1b86a1921bd8b081278c5cc2e49a097973cec29e5828c",
  );
  expect(second.head.toString("hex")).toBe(
    "0a5ff82f6d44d67e17b9df98622f67496a432ca1bac9ab849ceb1887bc2bec2c",
  );
  expect([first.count, second.count]).toEqual([2, 3]);
});

test("it is the same however many records there are at a time", () => {
  const records = Array.from({ length: 5000 }, (_, at) => Buffer.alloc(at % 90, at));
  const hash = createHash("sha256").update(CHAIN_ORIGIN.head);
  // Shorter than 128 bytes: one byte says how long each is.
  for (const record of records) hash.update(Buffer.of(record.length)).update(record);
  expect(follow(CHAIN_ORIGIN, records).head).toEqual(hash.digest());
});
