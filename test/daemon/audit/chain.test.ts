import { expect, test } from "vitest";
import { CHAIN_ORIGIN, follow } from "@strongroom/daemon/src/audit/chain.ts";

test("the head behind a record is SHA-256 over the head before it and the record", () => {
  const first = follow(CHAIN_ORIGIN, Buffer.from("one"));
  const second = follow(first, Buffer.from("two"));
  // printf '\0…(32)one' | sha256sum, and so on.
  expect(first.head.toString("hex")).toBe(
    "4e233ba6ac7032d3894ecea5974fd96176e564b024af45747eb46357af8d2401",
  );
  expect(second.head.toString("hex")).toBe(
    "b9f0cc527d38ea48d83c4c438121181ab01d99e83415306be2ac88792c40a8f3",
  );
  expect(second.count).toBe(2);
});
