import { Lane } from "@strongroom/daemon/src/server/lane.ts";
import * as fc from "fast-check";
import { expect, test } from "vitest";

import { polled } from "../../support/served.ts";

test("a read runs alone, after all before it and before all behind it; mutations in a row overlap", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ read: fc.boolean(), turns: fc.nat(3), fails: fc.boolean() }), {
        maxLength: 20,
      }),
      async (requests) => {
        const lane = new Lane();
        const begun: number[] = [];
        const ended = new Set<number>();
        const all = requests.map(({ read, turns, fails }, n) =>
          lane.run(read ? "read" : "mutation", async () => {
            // What must be over is over, and nothing later has begun.
            for (const [m, other] of requests.entries())
              if (m < n && (read || other.read)) expect(ended.has(m)).toBe(true);
            begun.push(n);
            await polled(turns);
            ended.add(n);
            if (fails) throw new Error("fails");
            return n;
          }),
        );
        const settled = await Promise.allSettled(all);
        expect(begun).toEqual(requests.map((_, n) => n));
        expect(settled.map(({ status }) => status === "rejected")).toEqual(
          requests.map(({ fails }) => fails),
        );
      },
    ),
    { numRuns: 60 },
  );
});

test("mutations in a row run together", async () => {
  const lane = new Lane();
  let running = 0;
  let most = 0;
  const task = async (): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await polled();
    running -= 1;
  };
  await Promise.all([1, 2, 3].map(() => lane.run("mutation", task)));
  expect(most).toBe(3);
});
