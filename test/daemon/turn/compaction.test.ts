import { Compaction } from "@strongroom/daemon/src/turn/compaction.ts";
import { expect, test } from "vitest";

const MIB = 1_048_576;
const sizes = (journalMib: number, snapshotMib: number) => ({
  journalBytes: journalMib * MIB,
  snapshotBytes: snapshotMib * MIB,
});

test("a journal is compacted above 16 MiB, and above twice its snapshot", () => {
  expect(new Compaction().begin(sizes(16, 0), 0)).toBe(false);
  expect(new Compaction().begin(sizes(16.1, 8), 0)).toBe(true);
  expect(new Compaction().begin(sizes(40, 20), 0)).toBe(false);
  expect(new Compaction().begin(sizes(40.1, 20), 0)).toBe(true);
});

test("one compaction is begun at a time", () => {
  const compaction = new Compaction();
  expect(compaction.begin(sizes(17, 0), 0)).toBe(true);
  expect(compaction.begin(sizes(170, 0), 0)).toBe(false);
  compaction.ended();
  expect(compaction.begin(sizes(17, 0), 0)).toBe(true);
});

test("after one that failed the journal grows by 16 MiB before the next try", () => {
  const compaction = new Compaction();
  compaction.begin(sizes(17, 0), 0);
  compaction.ended(17 * MIB);
  expect(compaction.begin(sizes(33, 0), 0)).toBe(false);
  expect(compaction.begin(sizes(33.1, 0), 0)).toBe(true);
  compaction.ended();
  expect(compaction.begin(sizes(17, 0), 0)).toBe(true);
});

test("the audit is sealed before its segment is longer than 8 MiB, whatever the journal is", () => {
  expect(new Compaction().begin(sizes(7, 100), 4 * 1_048_576)).toBe(false);
  const compaction = new Compaction();
  expect(compaction.begin(sizes(7, 100), 4 * 1_048_576 + 1)).toBe(true);
  compaction.ended(7 * 1_048_576);
  expect(compaction.begin(sizes(22, 100), 7 * 1_048_576)).toBe(false);
});
