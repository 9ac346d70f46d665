import { describe, expect, it } from "vitest";
import type { Remembered } from "@strongroom/daemon/src/vault/requests.ts";
import { RequestMemory } from "@strongroom/daemon/src/vault/requests.ts";
import { canonicalJson } from "@strongroom/daemon/src/vault/repeat.ts";
import { codeOf, TestVault } from "../../support/vault.ts";

const entry = (revision: number, at: number): Remembered => ({
  key: `key ${revision}`,
  body: "body",
  numbers: [1],
  revision,
  at,
});

function filled(count: number, everyMs: number): RequestMemory {
  const memory = new RequestMemory();
  for (let revision = 1; revision <= count; revision++) {
    memory.add(entry(revision, revision * everyMs));
  }
  return memory;
}

describe("the memory of request ids", () => {
  it("keeps 10 000 for longer than a minute, and everything for a minute", () => {
    expect(filled(12_000, 100).size).toBe(10_000);
    expect(filled(12_000, 100).forgottenRevision).toBe(2000);
    expect(filled(12_000, 1).size).toBe(12_000);
    // 60 s at one a 4 ms are 15 000 entries.
    expect(filled(20_000, 4).size).toBe(15_001);
  });

  it("never keeps more than 100 000, nor longer than a day", () => {
    expect(filled(100_500, 0).size).toBe(100_000);
    const memory = filled(3, 1000);
    memory.add(entry(4, 86_403_000 + 1));
    expect(memory.size).toBe(1);
    expect(memory.forgottenRevision).toBe(3);
  });

  it("counts an id that is used again after a day among the forgotten", () => {
    const memory = filled(1, 1000);
    memory.add({ ...entry(2, 86_402_000), key: "key 1" });
    expect(memory.get("key 1")?.revision).toBe(2);
    expect(memory.forgottenRevision).toBe(1);
  });

  it("drops the oldest first, whatever keys were used again and however often it was emptied", () => {
    const memory = new RequestMemory();
    let revision = 0;
    for (let day = 1; day <= 4; day++) {
      // All that was there before is older than a day: it goes, and its keys come back.
      for (let each = 0; each < 3; each++) {
        revision++;
        memory.add({ ...entry(revision, day * 86_400_001), key: `key ${(each + day) % 3}` });
      }
      expect(memory.forgottenRevision).toBe(revision - 3);
      expect(Array.from(memory.entries(), (each) => each.revision)).toEqual([
        revision - 2,
        revision - 1,
        revision,
      ]);
    }
  });

  it("counts an id older than a day as forgotten before any commit drops it", () => {
    const memory = filled(3, 1000);
    expect(memory.forgottenAt(86_402_000)).toBe(1);
    expect(memory.size).toBe(3);
  });
});

describe("a request with an id", () => {
  const asked = { name: "a", value: "1", requestId: "r", seen: 0 };

  it("gets the first result again, also when both wait for one frame, and is executed once", async () => {
    const vault = new TestVault();
    const both = await Promise.all([
      vault.call("secret/set", asked),
      vault.call("secret/set", asked),
    ]);
    expect(both[1]).toEqual(both[0]);
    await vault.set("a", "2");
    expect(await vault.call("secret/set", asked)).toEqual({ name: "a", version: 1, revision: 1 });
    expect(await vault.value("a")).toBe("2");
    const batch = {
      operations: [
        { op: "set" as const, name: "b", value: "1" },
        { op: "clear" as const, prefix: "a" },
        { op: "check" as const, name: "a", expect: { absent: true as const } },
      ],
      requestId: "batch",
    };
    const first = await vault.call("vault/batch", batch);
    expect(await vault.reopened().call("vault/batch", batch)).toEqual(first);
    expect(first.results).toEqual([
      { op: "set", name: "b", version: 1 },
      { op: "clear", cleared: 1 },
      { op: "check", name: "a", version: 0 },
    ]);
  });

  it("is INVALID with another body, and another actor's ids are its own", async () => {
    const vault = new TestVault();
    await vault.call("secret/set", asked);
    expect(await codeOf(vault.call("secret/set", { ...asked, value: "2" }))).toBe("INVALID");
    expect(await codeOf(vault.call("secret/delete", { name: "a", requestId: "r" }))).toBe(
      "INVALID",
    );
    const other = await vault.call("secret/set", { ...asked, value: "2" }, { actor: "other" });
    expect(other).toMatchObject({ version: 2 });
  });

  it("is not remembered when it was refused", async () => {
    const vault = new TestVault();
    const gone = { name: "a", requestId: "r" };
    expect(await codeOf(vault.call("secret/delete", gone))).toBe("NOT_FOUND");
    await vault.set("a", "1");
    expect(await vault.call("secret/delete", gone)).toMatchObject({ version: 2 });
  });

  it("is refused with TIMEOUT when it may have been executed and forgotten", async () => {
    const vault = new TestVault();
    await vault.call("secret/set", asked);
    vault.clock.pass(86_400_000 + 1);
    await vault.call("secret/set", { name: "b", value: "1", requestId: "later", seen: 1 });
    expect(await codeOf(vault.call("secret/set", asked))).toBe("TIMEOUT");
    expect(await codeOf(vault.reopened().call("secret/set", asked))).toBe("TIMEOUT");
    await vault.call("vault/compact", {});
    expect(await codeOf(vault.reopened().call("secret/set", asked))).toBe("TIMEOUT");
    expect(await vault.value("a")).toBe("1");
    expect(await vault.call("secret/set", { ...asked, seen: 2 })).toMatchObject({ version: 2 });
  });
});

it("canonical JSON does not depend on the order of fields", () => {
  const left = { b: [1, { d: "é", c: null }], a: undefined };
  expect(canonicalJson(left)).toBe('{"b":[1,{"c":null,"d":"é"}]}');
  expect(canonicalJson({ x: { b: 1, a: 2 } })).toBe(canonicalJson({ x: { a: 2, b: 1 } }));
});
