import { StrongroomError } from "@strongroom/client/protocol";
import { describe, expect, it } from "vitest";
import { codeOf, TestVault } from "../../support/vault.ts";

const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
};

describe("an acknowledgement", () => {
  it("comes only when the frame is durable", async () => {
    const vault = new TestVault();
    vault.log.hold();
    let acknowledged = false;
    const set = vault.set("a", "1").then((result) => {
      acknowledged = true;
      return result;
    });
    await turns(5);
    expect(vault.log.events).toContain("append");
    expect(acknowledged).toBe(false);
    vault.log.release();
    await expect(set).resolves.toEqual({ name: "a", version: 1, revision: 1 });
    expect(vault.log.frames).toHaveLength(1);
  });

  it("comes before the mark moves, and the mark moves after every frame", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.log.events.push("acknowledged");
    await vault.engine.drain();
    expect(vault.log.events.filter((event) => event !== "fence")).toEqual([
      "append",
      "durable",
      "acknowledged",
      "mark",
    ]);
  });

  it("is given to a refusal only with the frame that it was judged against", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const first = vault.call("secret/set", { name: "a", value: "1", expect: { absent: true } });
    let refused = false;
    const second = codeOf(
      vault.call("secret/set", { name: "a", value: "2", expect: { absent: true } }),
    ).then((code) => {
      refused = true;
      return code;
    });
    await turns(5);
    expect(refused).toBe(false);
    vault.log.release();
    expect(await second).toBe("ALREADY_EXISTS");
    await expect(first).resolves.toMatchObject({ version: 1 });
  });

  it("is not held back from a refusal that nothing pending had a part in", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const refusal = codeOf(vault.call("secret/delete", { name: "none" }));
    const set = vault.set("a", "1");
    expect(await refusal).toBe("NOT_FOUND");
    vault.log.release();
    await set;
  });

  it("fails with the frame, for refusals judged against it too", async () => {
    const vault = new TestVault();
    vault.log.failure = { code: "DURABILITY_UNKNOWN", kept: false };
    const codes = await Promise.all([
      codeOf(vault.set("a", "1")),
      codeOf(vault.call("secret/set", { name: "a", value: "2", expect: { version: 7 } })),
    ]);
    expect(codes).toEqual(["DURABILITY_UNKNOWN", "DURABILITY_UNKNOWN"]);
    expect(vault.poisoned).toHaveLength(1);
    expect(await codeOf(vault.value("a"))).toBe("DURABILITY_UNKNOWN");
    expect(await codeOf(vault.call("vault/status", {}))).toBe("resolved");
  });
});

describe("a reader", () => {
  it("does not see what is not durable, and does not wait for it", async () => {
    const vault = new TestVault();
    await vault.set("a", "old");
    vault.log.hold();
    const set = vault.set("a", "new");
    const fresh = vault.set("b", "new");
    await turns(5);
    expect(vault.log.events.at(-1)).toBe("append");
    expect(await vault.value("a")).toBe("old");
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
    const names = (await vault.call("secret/list", {})).secrets.map(({ name }) => name);
    expect(names).toEqual(["a"]);
    const read = await vault.call("vault/read", { names: ["a", "b"] });
    expect(read.secrets.map((secret) => secret?.value ?? null)).toEqual(["old", null]);
    vault.log.release();
    await Promise.all([set, fresh]);
    expect(await vault.value("a")).toBe("new");
  });

  it("checks the fence again when the last check is more than 100 ms old", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const checks = (): number => vault.log.events.filter((event) => event === "fence").length;
    const before = checks();
    vault.clock.pass(100);
    await vault.value("a");
    expect(checks()).toBe(before);
    vault.clock.pass(1);
    await vault.value("a");
    expect(checks()).toBe(before + 1);
    vault.clock.pass(101);
    vault.log.stolen = true;
    expect(await codeOf(vault.value("a"))).toBe("DURABILITY_UNKNOWN");
    expect(vault.poisoned).toHaveLength(1);
  });

  it("is refused with BUSY while no file can be opened, and nothing ends", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.clock.pass(101);
    vault.log.scarce = true;
    expect(await codeOf(vault.value("a"))).toBe("BUSY");
    const refused = vault.call("secret/set", { name: "a", value: "2", expect: { version: 9 } });
    expect(await codeOf(refused)).toBe("BUSY");
    vault.log.scarce = false;
    expect(await vault.value("a")).toBe("1");
    await vault.set("a", "2");
    expect(vault.poisoned).toEqual([]);
  });

  it("of a name that is not there is fenced like any other", async () => {
    const vault = new TestVault();
    vault.log.stolen = true;
    expect(await codeOf(vault.value("none"))).toBe("DURABILITY_UNKNOWN");
  });
});

describe("one turn", () => {
  it("shares a frame between all that arrived in it", async () => {
    const vault = new TestVault();
    await Promise.all(Array.from({ length: 100 }, (_, index) => vault.set(`n${index}`, "v")));
    expect(vault.log.frames).toHaveLength(1);
    const { detail } = await vault.call("vault/status", { detail: true });
    expect(detail).toMatchObject({ batches: 1, batchSizeP50: 100, batchSizeMax: 100 });
  });

  it("takes at most 1024 mutations and 1 MiB into a frame", async () => {
    const vault = new TestVault();
    await Promise.all(Array.from({ length: 1025 }, (_, index) => vault.set(`n${index}`, "v")));
    expect(vault.log.frames).toHaveLength(2);
    const large = "x".repeat(400_000);
    await Promise.all(["a", "b", "c"].map((name) => vault.set(name, large)));
    expect(vault.log.frames).toHaveLength(4);
    for (const frame of vault.log.frames) expect(frame.length).toBeLessThan(1_048_576);
  });

  it("refuses what cannot fit in a frame before it is queued", async () => {
    const vault = new TestVault();
    const operations = Array.from({ length: 5 }, (_, index) => ({
      op: "set" as const,
      name: `n${index}`,
      value: "x".repeat(1_000_000),
    }));
    expect(await codeOf(vault.call("vault/batch", { operations }))).toBe("TOO_LARGE");
    expect(vault.log.events).not.toContain("append");
  });

  it("judges what is expected where it writes", async () => {
    const vault = new TestVault();
    await vault.set("counter", "0");
    const creates = await Promise.all(
      Array.from({ length: 20 }, () =>
        codeOf(vault.call("secret/set", { name: "once", value: "x", expect: { absent: true } })),
      ),
    );
    expect(creates.filter((code) => code === "resolved")).toHaveLength(1);
    expect(creates.filter((code) => code === "ALREADY_EXISTS")).toHaveLength(19);
    const increment = async (): Promise<void> => {
      for (let done = 0; done < 50;) {
        const { value, version } = await vault.call("secret/get", { name: "counter" });
        const code = await codeOf(
          vault.call("secret/set", {
            name: "counter",
            value: String(Number(value) + 1),
            expect: { version },
          }),
        );
        if (code === "resolved") done++;
        else expect(code).toBe("CONFLICT");
      }
    };
    await Promise.all(Array.from({ length: 8 }, increment));
    expect(await vault.value("counter")).toBe("400");
  });

  it("gives every refusal of a CONFLICT the version that stands", async () => {
    const vault = new TestVault();
    const first = vault.set("a", "1");
    const refusal = vault
      .call("secret/set", { name: "a", value: "2", expect: { version: 9 } })
      .catch((error: unknown) => error);
    await first;
    expect(await refusal).toMatchObject({ code: "CONFLICT", version: 1 });
    await expect(
      vault.call("secret/delete", { name: "none", expect: { version: 3 } }),
    ).rejects.toMatchObject({ code: "CONFLICT", version: 0 });
  });
});

describe("the queue", () => {
  it("refuses with BUSY what comes beyond 10 000 waiting requests", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const running = vault.set("first", "v");
    await turns(3);
    const waiting = Array.from({ length: 10_000 }, (_, index) => vault.set(`n${index % 50}`, "v"));
    await expect(vault.set("beyond", "v")).rejects.toMatchObject({
      code: "BUSY",
      retryAfterMs: expect.any(Number),
    });
    expect(vault.engine.waiting).toBe(10_000);
    vault.log.release();
    await Promise.all([running, ...waiting]);
    expect(vault.engine.waiting).toBe(0);
    expect(await codeOf(vault.value("beyond"))).toBe("NOT_FOUND");
  });

  it("lets a request be taken back while it waits, and never later", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const started = new AbortController();
    const queued = new AbortController();
    const first = vault.call("secret/set", { name: "a", value: "1" }, started);
    await turns(3);
    const second = codeOf(vault.call("secret/set", { name: "b", value: "1" }, queued));
    await turns(3);
    started.abort();
    queued.abort();
    expect(await second).toBe("TIMEOUT");
    expect(vault.engine.waiting).toBe(0);
    vault.log.release();
    await expect(first).resolves.toMatchObject({ version: 1 });
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
    const gone = AbortSignal.abort();
    expect(
      await codeOf(vault.call("secret/set", { name: "c", value: "1" }, { signal: gone })),
    ).toBe("TIMEOUT");
  });

  it("refuses with BUSY who has waited longer than 30 s, while the disk still hangs", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const first = vault.set("a", "1");
    await turns(3);
    const second = codeOf(vault.set("b", "1"));
    vault.clock.pass(30_000);
    vault.tick();
    expect(vault.engine.waiting).toBe(1);
    vault.clock.pass(1);
    vault.tick();
    expect(await second).toBe("BUSY");
    vault.log.release();
    await first;
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
  });

  it("executes nothing that has waited longer, though no timer has looked since", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const first = vault.set("a", "1");
    await turns(3);
    const second = codeOf(vault.set("b", "1"));
    vault.clock.pass(30_001);
    vault.log.release();
    await first;
    expect(await second).toBe("BUSY");
    expect(await codeOf(vault.value("b"))).toBe("NOT_FOUND");
  });

  it("answers all that was accepted when it drains, and takes in nothing more", async () => {
    const vault = new TestVault();
    const set = vault.set("a", "1");
    const drained = vault.engine.drain();
    expect(await codeOf(vault.set("b", "1"))).toBe("CLOSING");
    await drained;
    await expect(set).resolves.toMatchObject({ version: 1 });
  });
});

describe("a full disk", () => {
  it("fails the frame cleanly: reads go on, and so do writes when there is room", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.log.failure = { code: "DISK_FULL", kept: false };
    expect(await codeOf(vault.set("a", "2"))).toBe("DISK_FULL");
    expect(await vault.value("a")).toBe("1");
    vault.log.failure = undefined;
    expect(await vault.set("a", "3")).toEqual({ name: "a", version: 2, revision: 2 });
    expect(vault.poisoned).toEqual([]);
  });

  it("lets a delete use the reserve though it shared its frame with a set", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.log.failure = { code: "DISK_FULL", kept: false, sparesReserve: true };
    const [set, gone] = await Promise.all([
      codeOf(vault.set("b", "1")),
      codeOf(vault.call("secret/delete", { name: "a" })),
    ]);
    expect([set, gone]).toEqual(["DISK_FULL", "resolved"]);
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
  });
});

describe("work that must not meet a frame", () => {
  it("waits for the frame in flight, and what comes later waits for it", async () => {
    const vault = new TestVault();
    vault.log.hold();
    const before = vault.set("a", "1");
    await turns(3);
    const compact = vault.call("vault/compact", {});
    const after = vault.set("a", "2");
    const verify = vault.call("vault/verify", {});
    await turns(3);
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    vault.log.release();
    await expect(before).resolves.toMatchObject({ revision: 1 });
    await expect(compact).resolves.toEqual({ epoch: "0000000000000002", revision: 1 });
    await expect(after).resolves.toMatchObject({ revision: 2 });
    await expect(verify).resolves.toEqual({ ok: true, frames: 1, secrets: 1, revision: 2 });
    const kinds = vault.log.events.filter((event) => event === "append" || event === "replace");
    expect(kinds).toEqual(["append", "replace", "append"]);
  });

  it("is waited for, however long it takes, and what it fails with poisons the turn", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const replace = vault.log.replace.bind(vault.log);
    vault.log.replace = async (records) => {
      await turns(10);
      await replace(records);
    };
    const compact = vault.call("vault/compact", {});
    const after = vault.set("a", "2");
    await Promise.all([compact, after]);
    const kinds = vault.log.events.filter((event) => event === "append" || event === "replace");
    expect(kinds).toEqual(["append", "replace", "append"]);
    vault.log.replace = async () => {
      await turns(10);
      throw new Error("the disk is gone");
    };
    expect(await codeOf(vault.call("vault/compact", {}))).toBe("DURABILITY_UNKNOWN");
    expect(vault.poisoned).toHaveLength(1);
  });

  it("is fenced when it has taken its time: who lost the vault meanwhile acknowledges none", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const replace = vault.log.replace.bind(vault.log);
    vault.log.replace = async (records) => {
      await replace(records);
      vault.clock.pass(101);
      vault.log.stolen = true;
    };
    expect(await codeOf(vault.call("vault/compact", {}))).toBe("DURABILITY_UNKNOWN");
    expect(vault.poisoned).toHaveLength(1);
  });

  it("is begun by itself when the journal has outgrown the snapshot, once", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.log.journalBytes = 16_777_217;
    vault.log.failure = undefined;
    await vault.set("a", "2");
    await vault.engine.drain();
    expect(vault.log.events.filter((event) => event === "replace")).toHaveLength(1);
    expect(await vault.reopened().value("a")).toBe("2");
  });

  it("leaves the vault as it is when there is no room for it", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    vault.log.failure = { code: "DISK_FULL", kept: false };
    expect(await codeOf(vault.call("vault/compact", {}))).toBe("DISK_FULL");
    vault.log.failure = undefined;
    await vault.set("a", "2");
    expect(await vault.reopened().value("a")).toBe("2");
  });
});

describe("a fault of ours", () => {
  it("is INTERNAL, says nothing of what was asked, and changes nothing", async () => {
    const vault = new TestVault();
    const operations = [
      { op: "set" as const, name: "a", value: "canary" },
      { op: "odd" } as unknown as { op: "clear"; prefix: string },
    ];
    const broken = {
      ...operations[0],
      get name(): string {
        throw new Error("canary");
      },
    };
    const refusal = await vault
      .call("secret/set", broken as { name: string; value: string })
      .catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(StrongroomError);
    expect(refusal).toMatchObject({ code: "INTERNAL" });
    expect(String(refusal)).not.toContain("canary");
    expect(vault.faults).toHaveLength(1);
    expect(await codeOf(vault.value("a"))).toBe("NOT_FOUND");
    const { detail } = await vault.call("vault/status", { detail: true });
    expect(detail?.refusals).toEqual({ INTERNAL: 1, NOT_FOUND: 1 });
  });

  it("are counted where the turn itself refuses, too", async () => {
    const vault = new TestVault();
    await vault.set("a", "1");
    const again = { name: "a", value: "2", expect: { absent: true } } as const;
    expect(await codeOf(vault.call("secret/set", again))).toBe("ALREADY_EXISTS");
    const { detail } = await vault.call("vault/status", { detail: true });
    expect(detail?.refusals).toEqual({ ALREADY_EXISTS: 1 });
  });
});
