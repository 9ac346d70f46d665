import { setTimeout as pause } from "node:timers/promises";
import type { Client } from "@strongroom/client";
import { describe, expect, it, vi } from "vitest";
import { isAlive } from "../support/alive.ts";
import { connected, throwaway } from "../support/connected.ts";
import type { Throwaway } from "../support/throwaway.ts";

/** Resolves when the daemon is gone and its connections were seen to end. */
async function killed(place: Throwaway): Promise<void> {
  const pid = kill(place, "SIGKILL");
  while (isAlive(pid)) await pause(5);
  await pause(50);
}

function kill(place: Throwaway, signal: NodeJS.Signals): number {
  const pid = place.record()?.pid;
  if (pid === undefined) throw new Error("no daemon runs");
  process.kill(pid, signal);
  return pid;
}

async function fresh(): Promise<{ place: Throwaway; client: Client }> {
  const place = throwaway();
  const client = await connected(place);
  await client.set("a", "1");
  return { place, client };
}

describe("a client", () => {
  it("has a method for everything that the wire offers", async () => {
    const { client } = await fresh();
    const second = await client.set("a", Uint8Array.of(0xff), { metadata: { tags: ["t"] } });
    expect(second).toMatchObject({ name: "a", version: 2 });
    expect((await client.get("a")).bytes()).toEqual(Uint8Array.of(0xff));
    expect((await client.get("a", { version: 1 })).text()).toBe("1");
    await client.batch([
      { op: "check", name: "a", expect: { version: 2 } },
      { op: "set", name: "b", value: "2" },
    ]);
    const { secrets, revision } = await client.read(["a", "none", "b"]);
    expect(secrets.map((secret) => secret?.version)).toEqual([2, undefined, 1]);
    expect(revision).toBe(client.seen);
    expect((await client.list({ tag: "t" })).secrets.map(({ name }) => name)).toEqual(["a"]);
    expect((await client.restore("a", 1)).version).toBe(3);
    expect((await client.history("a")).versions).toHaveLength(3);
    expect((await client.delete("b", { expect: { version: 1 } })).version).toBe(2);
    expect((await client.purge("b")).purged).toBeGreaterThan(0);
    expect(await client.status()).toMatchObject({ state: "open", secrets: 1 });
    expect((await client.verify()).ok).toBe(true);
    expect((await client.compact()).epoch).toMatch(/^[0-9a-f]{16}$/);
    expect((await client.backup()).file).toContain("backups");
  });

  it("rejects with the error of the table", async () => {
    const { client } = await fresh();
    await expect(client.get("none")).rejects.toMatchObject({ code: "NOT_FOUND" });
    const absent = client.set("a", "2", { expect: { absent: true } });
    await expect(absent).rejects.toMatchObject({ code: "ALREADY_EXISTS" });
    const other = client.set("a", "2", { expect: { version: 9 } });
    await expect(other).rejects.toMatchObject({ code: "CONFLICT", version: 1 });
    await expect(client.set("*", "2")).rejects.toMatchObject({ code: "INVALID" });
  });

  it("goes through every page of a long list", async () => {
    const { client } = await fresh();
    const operations = Array.from(
      { length: 250 },
      (_, at) => ({ op: "set", name: `many/${at}`, value: "x" }) as const,
    );
    await client.batch(operations);
    const names: string[] = [];
    for await (const { name } of client.entries({ pattern: "many/*", limit: 100 }))
      names.push(name);
    expect(new Set(names).size).toBe(250);
  });

  it("sends no more at once than the daemon takes", async () => {
    const { client } = await fresh();
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, at) => client.set(`wide/${at}`, "x")),
    );
    expect(new Set(answers.map(({ version }) => version))).toEqual(new Set([1]));
  });

  it("refuses a batch that is larger than a request may be, and lives on", async () => {
    const { client } = await fresh();
    const value = "x".repeat(1_000_000);
    const operations = ["a", "b", "c"].map((name) => ({ op: "set", name, value }) as const);
    await expect(client.batch(operations)).rejects.toMatchObject({ code: "TOO_LARGE" });
    expect((await client.get("a")).text()).toBe("1");
  });

  it("rejects what is pending within 100 ms when the daemon dies", async () => {
    const { place, client } = await fresh();
    kill(place, "SIGSTOP");
    const read = client.get("a", { timeout: 0 });
    const write = client.set("a", "2", { timeout: 0 });
    const ended = Promise.allSettled([read, write]);
    await pause(50);
    kill(place, "SIGKILL");
    // A timer of this very loop: what delays one delays the other.
    const outcomes = await Promise.race([ended, pause(100)]);
    expect(outcomes).toMatchObject([
      { status: "rejected", reason: { code: "UNAVAILABLE" } },
      { status: "rejected", reason: { code: "TIMEOUT" } },
    ]);
  });

  it("connects anew at the next call, with a daemon that it starts", async () => {
    const { place, client } = await fresh();
    const { pid } = await client.status();
    await killed(place);
    expect((await client.get("a")).text()).toBe("1");
    expect((await client.status()).pid).not.toBe(pid);
  });

  it("writes after others wrote more than the daemon remembers", { timeout: 300_000 }, async () => {
    const place = throwaway();
    const silent = await connected(place);
    await silent.set("b", "0");
    const busy = await connected(place);
    let left = 100_001;
    const write = async (): Promise<void> => {
      while (left-- > 0) await busy.set("a", String(left));
    };
    await Promise.all(Array.from({ length: 64 }, write));
    expect(await silent.set("b", "1")).toMatchObject({ name: "b", version: 2 });
    const asked = { requestId: "one", seen: silent.seen - 100_001 };
    await expect(silent.set("b", "2", asked)).rejects.toMatchObject({ code: "TIMEOUT" });
  });

  it("repeats a change across a kill by its request id, and it is done once", async () => {
    const { place, client } = await fresh();
    const options = { requestId: "one-and-only", seen: client.seen };
    const first = await client.set("a", "2", options);
    await killed(place);
    expect(await client.set("a", "2", options)).toEqual(first);
    expect((await client.get("a")).version).toBe(first.version);
    await expect(client.set("a", "3", options)).rejects.toMatchObject({ code: "INVALID" });
  });

  it("sends a new change with a revision of the connection that it goes over", async () => {
    const { place, client } = await fresh();
    const other = await connected(place);
    await killed(place);
    const { revision } = await other.set("b", "2");
    const call = vi.spyOn(client, "call");
    await client.set("a", "2");
    await client.set("a", "3");
    const asked = call.mock.calls.map(([method, params]) => ({ method, ...params }));
    expect(asked).toMatchObject([
      { method: "vault/read" },
      { method: "secret/set", seen: revision },
      { method: "secret/set", seen: revision + 1 },
    ]);
  });

  it("stops waiting when its time is over, and says that the outcome is unknown", async () => {
    const { place, client } = await fresh();
    kill(place, "SIGSTOP");
    const set = client.set("a", "2", { timeout: 100 });
    await expect(set).rejects.toMatchObject({
      code: "TIMEOUT",
      message: expect.stringContaining("whether it was done is not known") as string,
    });
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(client.get("a", { signal })).rejects.toThrow("enough");
    kill(place, "SIGCONT");
    expect((await client.get("a")).name).toBe("a");
  });

  it("can be disposed of, and is closed then", async () => {
    const { client } = await fresh();
    await client[Symbol.asyncDispose]();
    await expect(client.get("a")).rejects.toThrow(TypeError);
  });
});
