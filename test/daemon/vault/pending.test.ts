import type { BatchOperation } from "@strongroom/client/protocol";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const text = fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 3 });
const operation: fc.Arbitrary<BatchOperation> = fc.oneof(
  text.map((prefix) => ({ op: "clear" as const, prefix })),
  text.map((name) => ({ op: "set" as const, name, value: "v" })),
  text.map((name) => ({ op: "delete" as const, name })),
);
const batches = fc.array(fc.array(operation, { minLength: 1, maxLength: 6 }), {
  minLength: 1,
  maxLength: 8,
});

async function answer(vault: TestVault, operations: readonly BatchOperation[]): Promise<unknown> {
  const call = vault.call("vault/batch", { operations });
  const code = await codeOf(call);
  return code === "resolved" ? (await call).results : code;
}

describe("clears", () => {
  it("do in one frame what they do one by one, whatever is refused between them", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(text), batches, async (names, all) => {
        const together = new TestVault();
        const apart = new TestVault();
        for (const vault of [together, apart]) for (const name of names) await vault.set(name, "v");
        const before = together.log.frames.length;
        const answers = await Promise.all(all.map((each) => answer(together, each)));
        expect(together.log.frames.length - before).toBeLessThanOrEqual(1);
        for (const [index, each] of all.entries()) {
          expect(await answer(apart, each)).toEqual(answers[index]);
        }
        expect(together.state.counters).toEqual(apart.state.counters);
        expect(together.reopened().state.counters).toEqual(apart.state.counters);
      }),
      { numRuns: 300 },
    );
  });

  it("find what lives behind names that others cleared before", async () => {
    const vault = new TestVault();
    for (const name of ["ba", "bb", "a"]) await vault.set(name, "v");
    const all: readonly (readonly BatchOperation[])[] = [
      [
        { op: "set", name: "ba", value: "w" },
        { op: "clear", prefix: "a" },
      ],
      [{ op: "clear", prefix: "ba" }],
      [{ op: "clear", prefix: "a" }],
      [{ op: "clear", prefix: "b" }],
    ];
    const answers = await Promise.all(all.map((each) => answer(vault, each)));
    expect(answers.at(-1)).toEqual([{ op: "clear", cleared: 1 }]);
    expect(await codeOf(vault.call("secret/get", { name: "bb" }))).toBe("NOT_FOUND");
    expect(vault.reopened().state.counters).toEqual(vault.state.counters);
  });

  it("go over each name a few times and not once a clear", async () => {
    const vault = new TestVault();
    const names = Array.from({ length: 500 }, (_, index) => `n/${index}`);
    const set = names.map((name) => ({ op: "set" as const, name, value: "v" }));
    await vault.call("vault/batch", { operations: set });
    let looks = 0;
    const peek = vault.state.peek.bind(vault.state);
    vault.state.peek = (name) => {
      looks += 1;
      return peek(name);
    };
    const one = { op: "clear" as const, prefix: "n/" };
    const clear = Array.from({ length: 1000 }, () => one);
    const { results } = await vault.call("vault/batch", { operations: clear });
    expect(results.slice(0, 2)).toEqual([
      { op: "clear", cleared: 500 },
      { op: "clear", cleared: 0 },
    ]);
    expect(looks).toBeGreaterThanOrEqual(names.length);
    expect(looks).toBeLessThan(10 * names.length);
    // Now all of them are deleted: nothing lives there, and that is found out once.
    looks = 0;
    await vault.call("vault/batch", { operations: clear });
    expect(looks).toBeLessThan(10 * names.length);
  });
});
