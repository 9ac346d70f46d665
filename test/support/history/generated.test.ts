import { describe, expect, it } from "vitest";
import { seededRandom } from "../random.ts";
import { COUNTED_MS, printCount, size } from "../size.ts";
import { disturb, generate } from "./generated.ts";
import { linearize } from "./linearize.ts";
import { effect, isSame, lookInto } from "./model.ts";
import type { Cell } from "./model.ts";
import { withoutRevisions } from "./operation.ts";
import type { Operation, RevisedOperation } from "./operation.ts";
import { replay } from "./replay.ts";

/** Tries every order there is. */
function isLinearizable(
  operations: readonly Operation[],
  names = new Map<string, Cell>(),
): boolean {
  if (operations.every(({ answer }) => answer === undefined)) return true;
  return operations.some((next) => {
    const rest = operations.filter((other) => other !== next);
    if (rest.some(({ respondedAt }) => respondedAt < next.invokedAt)) return false;
    const { answer, writes } = effect(lookInto(names), next.request);
    if (next.answer !== undefined && !isSame(answer, next.answer)) return false;
    const after = new Map([...names, ...writes.map((write) => [write.name, write] as const)]);
    return isLinearizable(rest, after);
  });
}

const FULL = 100_000;

describe("small histories by chance", { timeout: COUNTED_MS }, () => {
  const count = size(800, FULL);
  const histories = (from: number): RevisedOperation[][] =>
    Array.from({ length: count }, (_, n) => {
      const random = seededRandom(from + n);
      return generate(random, 3 + Math.floor(random() * 4));
    });

  it("are accepted by both checkers when the model made them", () => {
    for (const [n, operations] of histories(1).entries()) {
      expect(replay(operations).kind, `seed ${1 + n}`).toBe("accepted");
      expect(linearize(withoutRevisions(operations)).kind, `seed ${1 + n}`).toBe("accepted");
    }
  });

  it("are judged as by trying every order, when one thing in them was changed", () => {
    const counts = { accepted: 0, rejected: 0, undecided: 0 };
    for (const [n, made] of histories(1_000_000).entries()) {
      const operations = disturb(seededRandom(n), made);
      const verdict = linearize(withoutRevisions(operations)).kind;
      expect(verdict, `seed ${n}`).toBe(isLinearizable(operations) ? "accepted" : "rejected");
      // What has an order by revisions has one.
      if (verdict === "rejected") expect(replay(operations).kind, `seed ${n}`).toBe("rejected");
      counts[verdict] += 1;
    }
    printCount(`small histories, ${JSON.stringify(counts)}`, count, FULL);
    expect(Math.min(counts.accepted, counts.rejected)).toBeGreaterThan(count / 10);
  });
});
