import { Renewer } from "@strongroom/daemon/src/renewers/renewer.ts";
import { Pending } from "@strongroom/daemon/src/vault/pending.ts";
import { describe, expect, it } from "vitest";
import { HOUR, RENEWER, started, withRenewer } from "../../support/renewing.ts";
import { waiting as waits } from "../../support/scripted-programs.ts";
import { codeOf } from "../../support/vault.ts";
import type { TestVault } from "../../support/vault.ts";

function failing(vault: TestVault): void {
  vault.programs.script = () => Promise.reject(new Error("no"));
}

describe("a program that fails", () => {
  it("is why there is no value, and is not tried again at once", async () => {
    const vault = await withRenewer();
    failing(vault);
    const refused = await Promise.allSettled([vault.value("a"), vault.value("a")]);
    expect(refused.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(vault.value("a")).rejects.toMatchObject({ code: "INTERNAL" });
    expect(vault.programs.started).toEqual(["a"]);
    vault.programs.script = undefined;
    vault.clock.pass(2000);
    expect(await vault.value("a")).toBe("value-2");
    expect((await vault.call("renewer/list", {})).renewers[0]?.failure).toBeUndefined();
  });

  it("is a failure too when it prints nothing", async () => {
    const vault = await withRenewer();
    vault.programs.script = () => Buffer.from("\n");
    await expect(vault.value("a")).rejects.toMatchObject({
      code: "UNAVAILABLE",
      message: expect.stringContaining("printed nothing") as string,
    });
    const [entry] = (await vault.call("renewer/list", {})).renewers;
    expect(entry?.failure?.why).toContain("printed nothing");
    expect(entry?.flight).toBeUndefined();
  });

  it("leaves the old value to nobody, unless that was asked for", async () => {
    const vault = await withRenewer();
    await vault.value("a");
    vault.clock.pass(HOUR);
    failing(vault);
    expect(await codeOf(vault.value("a"))).toBe("INTERNAL");
    expect(await codeOf(vault.call("vault/read", { names: ["a"] }))).toBe("INTERNAL");
  });

  it("leaves the old value, marked, to all where that was asked for", async () => {
    const vault = await withRenewer({ serveStale: true });
    expect(await vault.call("secret/get", { name: "a" })).not.toHaveProperty("stale");
    vault.clock.pass(HOUR);
    failing(vault);
    const old = { value: "value-1", stale: true };
    expect(await vault.call("secret/get", { name: "a" })).toMatchObject(old);
    const { secrets } = await vault.call("vault/read", { names: ["a"] });
    expect(secrets).toMatchObject([old]);
    expect(vault.programs.started).toHaveLength(2);
    vault.clock.pass(2000);
    vault.programs.script = () => Buffer.from("new");
    expect(await vault.call("secret/get", { name: "a" })).not.toHaveProperty("stale");
  });

  it("leaves no value where there never was one, whatever was asked for", async () => {
    const vault = await withRenewer({ serveStale: true });
    failing(vault);
    expect(await codeOf(vault.value("a"))).toBe("INTERNAL");
  });

  it("is started at once when another was set in its place", async () => {
    const vault = await withRenewer();
    failing(vault);
    await codeOf(vault.value("a"));
    vault.programs.script = undefined;
    await vault.call("renewer/set", RENEWER);
    expect(await vault.value("a")).toBe("value-2");
  });
});

describe("a daemon that ends", () => {
  it("waits for programs that run, and begins none", async () => {
    const vault = await withRenewer();
    const { print, script } = waits();
    vault.programs.script = script;
    const waiting = vault.value("a");
    await started(vault, 1);
    const drained = vault.engine.drain();
    print("one");
    expect(await waiting).toBe("one");
    await drained;
    expect((await vault.reopened().call("secret/get", { name: "a" })).value).toBe("one");
  });
});

it("a program that is ended because the daemon ends has not failed", async () => {
  const vault = await withRenewer();
  const end = new AbortController();
  const renewer = new Renewer({
    run: () => {
      end.abort();
      return Promise.reject(new Error("its group was killed"));
    },
    change: ({ judge }) => {
      const pending = new Pending(vault.state);
      const judged = (): readonly number[] => {
        judge(pending);
        return [];
      };
      pending.judge(vault.clock.wall, judged, undefined);
      pending.publish();
      return Promise.resolve();
    },
    pause: () => Promise.resolve(),
  });
  expect(await codeOf(renewer.renew("a", end.signal))).toBe("CLOSING");
  const [entry] = (await vault.call("renewer/list", {})).renewers;
  expect(entry).not.toHaveProperty("failure");
  expect(entry).not.toHaveProperty("flight");
});

describe("what was begun before the power went", () => {
  it("is said, and begun again by whoever asks next", async () => {
    const vault = await withRenewer();
    vault.programs.script = waits().script;
    void vault.value("a").catch(() => undefined);
    await started(vault, 1);
    const later = vault.reopened();
    const [entry] = (await later.call("renewer/list", {})).renewers;
    expect(entry).toMatchObject({ name: "a", due: true, flight: { id: expect.any(String) } });
    later.programs.script = undefined;
    expect(await later.value("a")).toBe("value-2");
    const [after] = (await later.call("renewer/list", {})).renewers;
    expect(after).not.toHaveProperty("flight");
  });
});
