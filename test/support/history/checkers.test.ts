import { describe, expect, it } from "vitest";
import { readHistory, writeHistory } from "./event.ts";
import type { HistoryEvent } from "./event.ts";
import { linearize } from "./linearize.ts";
import { operationsOf, withoutRevisions } from "./operation.ts";
import { replay } from "./replay.ts";
import { conditional, setting, Story } from "./story.ts";
import { windowOf } from "./window.ts";

/** Both verdicts; the first checker never sees a revision. */
function verdicts({ events }: Story): readonly string[] {
  const operations = operationsOf(events);
  return [linearize(withoutRevisions(operations)).kind, replay(operations).kind];
}

/** Every story begins with names that are read as absent, at revision 0. */
function story(): Story {
  return new Story().read([0, 1], { a: null, b: null }, 0);
}

const good: { readonly [title: string]: Story } = {
  "one thing after the other": story()
    .set([2, 3], "a", "1", [1, 1])
    .get([4, 5], "a", ["1", 1], 1)
    .delete([6, 7], "a", [2, 2])
    .get([8, 9], "a", null)
    .set([10, 11], "a", "3", [3, 3])
    .read([12, 13], { a: ["3", 3], b: null }, 3),
  "two sets at once, the later one first": story()
    .set([2, 9], "a", "x", [2, 2])
    .set([3, 9], "a", "y", [1, 1])
    .get([10, 11], "a", ["x", 2], 2),
  "a get during a set that sees the old value, and one that sees the new": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 9], "a", "2", [2, 2])
    .get([5, 6], "a", ["1", 1], 1)
    .get([7, 8], "a", ["2", 2], 2),
  "two names whose order only a later read shows": story()
    .set([2, 10], "a", "1", [1, 2])
    .set([3, 10], "b", "1", [1, 1])
    .read([4, 11], { a: null, b: ["1", 1] }, 1)
    .read([12, 13], { a: ["1", 1], b: ["1", 1] }, 2),
  "a compare-and-swap and the conflict of the one who came second": story()
    .set([2, 3], "a", "1", [1, 1])
    .cas([4, 8], "a", ["2", { version: 1 }], [2, 2])
    .refused([5, 9], conditional("a", "3", { version: 1 }), "CONFLICT", 2),
  "a refusal and a get on two sides of a change, all at once": story()
    .set([2, 9], "a", "1", [1, 1])
    .refused([3, 8], conditional("a", "2", { absent: true }), "ALREADY_EXISTS")
    .get([4, 7], "a", null),
  "a batch whose steps see each other": story()
    .batch(
      [2, 3],
      [setting("a", "1"), setting("b", "1"), { op: "delete", name: "a" }],
      [1, 1, 2],
      1,
    )
    .read([4, 5], { a: null, b: ["1", 1] }, 1),
  "a set of unknown outcome that took effect late": story()
    .set([2], "a", "lost")
    .get([3, 4], "a", null)
    .set([5, 6], "b", "1", [1, 1])
    .read([7, 8], { a: ["lost", 1], b: ["1", 1] }, 2),
  "a set of unknown outcome that never did": story()
    .set([2], "a", "lost")
    .set([3, 4], "a", "1", [1, 1])
    .set([5, 6], "a", "2", [2, 2])
    .read([7, 8], { a: ["2", 2], b: null }, 2),
  "a set of unknown outcome that only a version shows": story()
    .set([2], "a", "lost")
    .set([3, 4], "a", "2", [2, 2])
    .get([5, 6], "a", ["2", 2], 2),
  "a batch of unknown outcome that took effect whole": story()
    .batch([2], [setting("a", "1"), setting("b", "1")])
    .read([3, 4], { a: ["1", 1], b: ["1", 1] }, 1),
  "two unknown outcomes of which the second came first": story()
    .set([2], "a", "x")
    .set([3], "a", "y")
    .get([4, 5], "a", ["y", 1], 1)
    .get([6, 7], "a", ["x", 2], 2),
  "two unknown outcomes whose order only a condition shows": story()
    .set([2, 3], "a", "1", [1, 1])
    .delete([4], "a")
    .set([5], "a", "x")
    .cas([6, 7], "a", ["2", { absent: true }], [4, 4]),
  "a deletion of unknown outcome that a refusal shows": story()
    .set([2, 3], "a", "1", [1, 1])
    .delete([4], "a")
    .get([5, 6], "a", null)
    .read([7, 8], { a: null, b: null }, 2),
  "a compare-and-swap of unknown outcome whose turn came": story()
    .cas([2], "a", ["3", { version: 2 }])
    .set([3, 4], "a", "1", [1, 1])
    .set([5, 6], "a", "2", [2, 2])
    .get([7, 8], "a", ["3", 3], 3),
  "a request that was not taken in": story()
    .refused([2, 3], conditional("a", "1", { absent: true }), "UNAVAILABLE")
    .set([4, 5], "a", "2", [1, 1])
    .get([6, 7], "a", ["2", 1], 1),
  "a set that is answered in the moment in which a get begins": story()
    .set([2, 4], "a", "1", [1, 1])
    .get([4, 5], "a", null),
};

const bad: { readonly [title: string]: Story } = {
  "a stale read": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 5], "a", "2", [2, 2])
    .get([6, 7], "a", ["1", 1], 2),
  "a lost update": story()
    .set([2, 3], "a", "1", [1, 1])
    .get([4, 5], "a", null)
    .set([6, 7], "a", "2", [1, 2]),
  "an acknowledged set that is gone": story()
    .set([2, 3], "a", "1", [1, 1])
    .read([4, 5], { a: null, b: null }, 1),
  "a batch that is seen half by two gets": story()
    .set([2, 3], "b", "0", [1, 1])
    .batch([4, 9], [setting("a", "1"), setting("b", "1")], [1, 2], 2)
    .get([5, 6], "a", ["1", 1], 2)
    .get([7, 8], "b", ["0", 1], 2),
  "a batch that is seen half by one read": story()
    .batch([2, 9], [setting("a", "1"), setting("b", "1")], [1, 1], 1)
    .read([3, 4], { a: ["1", 1], b: null }, 1),
  "a read whose names are of two moments": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 5], "b", "1", [1, 2])
    .set([6, 7], "a", "2", [2, 3])
    .read([4, 8], { a: ["2", 2], b: null }, 3),
  "two reads that saw two changes in two orders": story()
    .set([2, 9], "a", "1", [1, 1])
    .set([2, 9], "b", "1", [1, 2])
    .read([3, 8], { a: ["1", 1], b: null }, 1)
    .read([3, 8], { a: null, b: ["1", 1] }, 1),
  "a version that goes back": story().set([2, 3], "a", "1", [2, 1]).set([4, 5], "a", "2", [1, 2]),
  "a version that is given twice": story()
    .set([2, 4], "a", "1", [1, 1])
    .set([3, 5], "a", "2", [1, 2]),
  "a version that is left out": story().set([2, 3], "a", "1", [1, 1]).set([4, 5], "a", "2", [3, 2]),
  "a version that is used again after a deletion": story()
    .set([2, 3], "a", "1", [1, 1])
    .delete([4, 5], "a", [2, 2])
    .set([6, 7], "a", "2", [2, 3]),
  "a deletion that counts no version": story()
    .set([2, 3], "a", "1", [1, 1])
    .delete([4, 5], "a", [1, 2]),
  "two compare-and-swaps from one version": story()
    .set([2, 3], "a", "1", [1, 1])
    .cas([4, 8], "a", ["2", { version: 1 }], [2, 2])
    .cas([5, 9], "a", ["3", { version: 1 }], [3, 3]),
  "two creations of one name": story()
    .cas([2, 8], "a", ["1", { absent: true }], [1, 1])
    .cas([3, 9], "a", ["2", { absent: true }], [2, 2]),
  "a conflict with a version that never stood": story()
    .set([2, 3], "a", "1", [1, 1])
    .refused([4, 5], conditional("a", "2", { version: 1 }), "CONFLICT", 7),
  "a conflict with the version that was demanded": story()
    .set([2, 3], "a", "1", [1, 1])
    .refused([4, 5], conditional("a", "2", { version: 1 }), "CONFLICT", 1),
  "a refusal that saw the future": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 9], "a", "2", [2, 2])
    .refused([5, 6], conditional("a", "3", { version: 1 }), "CONFLICT", 2)
    .get([7, 8], "a", ["1", 1], 1),
  "two refusals of which the second is older": story()
    .set([2, 9], "a", "1", [1, 1])
    .refused([3, 4], conditional("a", "2", { absent: true }), "ALREADY_EXISTS")
    .get([5, 6], "a", null),
  "a deletion that finds nothing where something is": story()
    .set([2, 3], "a", "1", [1, 1])
    .refused([4, 5], { method: "secret/delete", params: { name: "a" } }, "NOT_FOUND"),
  "a deletion of nothing that succeeds": story().delete([2, 3], "a", [1, 1]),
  "a value that nobody wrote": story().set([2, 3], "a", "1", [1, 1]).get([4, 5], "a", ["9", 1], 1),
  "a value under another version": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 5], "a", "2", [2, 2])
    .get([6, 7], "a", ["2", 1], 2),
  "a set that is seen before it was asked for": story()
    .get([2, 3], "a", ["1", 1], 1)
    .set([4, 5], "a", "1", [1, 1]),
  "an unknown outcome that is seen before it was asked for": story()
    .get([2, 3], "a", ["lost", 1], 1)
    .set([4], "a", "lost"),
  "an unknown outcome that comes twice": story()
    .set([2], "a", "lost")
    .get([3, 4], "a", ["lost", 1], 1)
    .set([5, 6], "a", "1", [2, 2])
    .get([7, 8], "a", ["lost", 3], 3),
  "an unknown outcome that comes and goes": story()
    .set([2], "a", "lost")
    .get([3, 4], "a", ["lost", 1], 1)
    .get([5, 6], "a", null)
    .read([7, 8], { a: null, b: null }, 1),
  "a batch of unknown outcome that came half": story()
    .batch([2], [setting("a", "1"), setting("b", "1")])
    .read([3, 4], { a: ["1", 1], b: null }, 1),
  "a compare-and-swap of unknown outcome that did not look": story()
    .set([2, 3], "a", "1", [1, 1])
    .set([4, 5], "a", "2", [2, 2])
    .cas([6], "a", ["3", { version: 1 }])
    .get([7, 8], "a", ["3", 3], 3),
  "a request that was not taken in and is seen": story()
    .refused([2, 3], conditional("a", "1", { absent: true }), "UNAVAILABLE")
    .get([4, 5], "a", ["1", 1], 1),
};

describe("both checkers", () => {
  it.each(Object.entries(good))("accept %s", (_title, told) => {
    expect(verdicts(told)).toEqual(["accepted", "accepted"]);
  });

  it.each(Object.entries(bad))("reject %s", (_title, told) => {
    expect(verdicts(told)).toEqual(["rejected", "rejected"]);
  });
});

describe("the checker of revisions", () => {
  const strange: { readonly [title: string]: Story } = {
    "a reply of an older revision than one that was told before": story()
      .set([2, 3], "a", "1", [1, 1])
      .set([4, 5], "b", "1", [1, 2])
      .get([6, 7], "a", ["1", 1], 1),
    "two changes at one revision": story()
      .set([2, 3], "a", "1", [1, 1])
      .set([2, 3], "b", "1", [1, 1]),
    "a revision that is nobody's": story()
      .set([2, 3], "a", "1", [1, 1])
      .set([4, 5], "b", "1", [1, 3]),
    "a value that is shown before its revision": story()
      .set([2, 9], "a", "1", [1, 1])
      .get([3, 4], "a", ["1", 1], 0),
  };

  it.each(Object.entries(strange))("alone rejects %s", (_title, told) => {
    expect(verdicts(told)).toEqual(["accepted", "rejected"]);
  });
});

describe("a verdict", () => {
  const told = story()
    .set([2, 3], "b", "far away", [1, 1])
    .set([4, 5], "a", "1", [1, 2])
    .get([6, 7], "a", ["1", 1], 2)
    .set([8, 20], "a", "2", [2, 3])
    .refused([9, 10], conditional("a", "3", { version: 1 }), "CONFLICT", 2)
    .get([11, 12], "b", ["far away", 1], 3)
    .get([13, 15], "a", ["1", 1], 2)
    .get([14, 16], "b", ["far away", 1], 3);
  const operations = withoutRevisions(operationsOf(told.events));

  it("names an answer that does not fit, and a window shows what it contradicts", () => {
    const verdict = linearize(operations);
    if (verdict.kind !== "rejected") throw new Error(verdict.kind);
    expect(verdict.why).toContain('secret/get {"name":"a"}');
    expect(windowOf(operations, verdict.misfit).map(({ invokedAt }) => invokedAt)).toEqual([
      4, 8, 9, 13,
    ]);
  });

  it("by revisions alone has a window too", () => {
    const events = story().set([2, 3], "a", "1", [1, 1]).set([4, 5], "a", "2", [2, 3]).events;
    const verdict = replay(operationsOf(events));
    if (verdict.kind !== "rejected") throw new Error(verdict.kind);
    const window = windowOf(withoutRevisions(operationsOf(events)), verdict.misfit);
    expect(window.map(({ invokedAt }) => invokedAt)).toEqual([2, 4]);
  });

  it("is not given when the search takes too long", () => {
    expect(linearize(operations, 3).kind).toBe("undecided");
  });
});

describe("events", () => {
  it("come back from their text", () => {
    const { events } = story().set([2], "a", "1").get([3, 4], "a", null);
    expect(readHistory(writeHistory(events))).toEqual(events);
  });

  it("are refused when a response has no request, comes twice or comes too early", () => {
    const [asked, answered] = story().events as [HistoryEvent, HistoryEvent];
    expect(() => operationsOf([answered])).toThrow("without request");
    expect(() => operationsOf([asked, answered, answered])).toThrow("two responses");
    expect(() => operationsOf([{ ...asked, at: 9 }, answered])).toThrow("answered before asked");
  });

  it("are refused when a request met an error that none should meet", () => {
    const { events } = new Story().refused(
      [2, 3],
      conditional("a", "1", { version: 1 }),
      "INVALID",
    );
    expect(() => operationsOf(events)).toThrow("INVALID");
  });
});
