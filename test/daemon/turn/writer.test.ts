import type { Params } from "@strongroom/client/protocol";
import { changeBytes, COMMIT_BYTES } from "@strongroom/daemon/src/handlers/bytes.ts";
import { TURN } from "@strongroom/daemon/src/turn/mutation.ts";
import { describe, expect, it, vi } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The parameters of a set that takes so many bytes of a turn. */
function setOf(name: string, bytes: number): Params<"secret/set"> {
  return { name, value: "x".repeat(bytes - COMMIT_BYTES - changeBytes(name)) };
}

describe("a turn", () => {
  it("is full at 1 MiB to the byte", async () => {
    const frames = async (bytes: number): Promise<number> => {
      const vault = new TestVault();
      const half = TURN.bytes / 2;
      const both = [setOf("a", half), setOf("b", bytes - half)];
      await Promise.all(both.map((params) => vault.call("secret/set", params)));
      return vault.log.frames.length;
    };
    expect(await frames(TURN.bytes)).toBe(1);
    expect(await frames(TURN.bytes + 1)).toBe(2);
  });

  it("takes a change that is larger than others may be together, alone", async () => {
    const vault = new TestVault();
    const value = "x".repeat(900_000);
    const operations = ["a", "b", "c"].map((name) => ({ op: "set" as const, name, value }));
    const before = vault.set("before", "v");
    const batch = vault.call("vault/batch", { operations });
    const after = vault.set("after", "v");
    const revisions = [await before, await batch, await after].map(({ revision }) => revision);
    expect(revisions).toEqual([1, 2, 3]);
    expect(vault.log.frames).toHaveLength(3);
  });

  it("moves the mark only where it wrote a frame", async () => {
    const vault = new TestVault();
    await vault.call("vault/compact", {});
    await vault.call("vault/verify", {});
    expect(await codeOf(vault.call("secret/delete", { name: "none" }))).toBe("NOT_FOUND");
    await vault.engine.drain();
    expect(vault.log.events).toContain("replace");
    expect(vault.log.events).not.toContain("mark");
  });

  it("measures what its frame took, and nothing before it", async () => {
    const vault = new TestVault();
    vault.clock.pass(1000);
    vault.log.hold();
    const set = vault.set("a", "1");
    while (vault.log.events.at(-1) !== "append") await soon();
    vault.clock.pass(7);
    vault.log.release();
    await set;
    const { detail } = await vault.call("vault/status", { detail: true });
    expect(detail).toMatchObject({ fsyncP50Ms: 7, fsyncP99Ms: 7 });
  });

  it("which finds the vault another's ends everything, though it changed nothing", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const refused = vault.call("secret/set", { name: "a", value: "2", expect: { version: 9 } });
    vault.clock.pass(101);
    vault.log.stolen = true;
    expect(await codeOf(refused)).toBe("DURABILITY_UNKNOWN");
    expect(vault.poisoned).toHaveLength(1);
    expect(await codeOf(vault.set("a", "3"))).toBe("DURABILITY_UNKNOWN");
  });

  it("writes its frame once more where the disk is full, for what only frees, and never again", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const append = vi.spyOn(vault.log, "append");
    vault.log.failure = { code: "DISK_FULL", kept: false };
    const gone = (): Promise<string> => codeOf(vault.call("secret/delete", { name: "a" }));
    expect(await gone()).toBe("DISK_FULL");
    expect(append).toHaveBeenCalledTimes(1);
    append.mockClear();
    expect(await Promise.all([codeOf(vault.set("b", "1")), gone()])).toEqual([
      "DISK_FULL",
      "DISK_FULL",
    ]);
    expect(append.mock.calls.map(([, options]) => options)).toEqual([
      { reserve: false },
      { reserve: true },
    ]);
    append.mockClear();
    vault.log.failure = { code: "DURABILITY_UNKNOWN", kept: false };
    expect(await Promise.all([codeOf(vault.set("b", "1")), gone()])).toEqual([
      "DURABILITY_UNKNOWN",
      "DURABILITY_UNKNOWN",
    ]);
    expect(append).toHaveBeenCalledTimes(1);
  });

  it("that meets a fault of ours leaves nobody behind it without an answer", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const first = vault.set("a", "1");
    await soon();
    const behind = codeOf(vault.set("b", "1"));
    vault.log.mark = () => {
      throw new Error("a fault");
    };
    vault.log.release();
    await expect(first).resolves.toMatchObject({ revision: 1 });
    expect(await behind).toBe("DURABILITY_UNKNOWN");
    expect(vault.poisoned).toHaveLength(1);
    expect(vault.engine.waiting).toBe(0);
  });
});
