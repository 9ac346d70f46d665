import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "@strongroom/client";
import type { Client, Lease } from "@strongroom/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { withKey } from "../support/key-flood.ts";
import { discard, recordedPid, rounds, startDaemon } from "../support/processes.ts";
import { temporaryHome, until, worker } from "../support/processes.ts";
import { codeOf } from "../support/vault.ts";

let home: string;
let client: Client;
beforeEach(async () => {
  home = temporaryHome();
  await startDaemon(home);
  client = await connect({ home, autostart: false, timeout: "120s" });
});
afterEach(async () => {
  client.close();
  await discard(home);
});

describe("processes under one lease", () => {
  // Who is inside is looked up in /proc.
  test.skipIf(process.platform !== "linux")(
    "never overlap, though some are killed where they are",
    async () => {
      const sections = rounds("sections by each of 16 processes", 6, 100);
      await client.set("counter", "0");
      const start = (): ReturnType<typeof worker> => worker("leaseholder", home, [home, sections]);
      const workers = Array.from({ length: 16 }, start);
      const values: number[] = [];
      const gather = (): void => {
        for (const each of workers) values.push(...each.take().map(Number));
      };
      let kills = 0;
      let failure: unknown;
      const ended = workers.map((each) =>
        each.done.catch((error: unknown) => {
          if (!each.child.killed) failure = error;
        }),
      );
      for (const each of workers.slice(0, 8)) {
        const before = values.length;
        await until(
          "sections",
          () => (gather(), failure !== undefined || values.length > before + 3),
        );
        each.child.kill("SIGKILL");
        kills += 1;
      }
      await Promise.all(ended);
      gather();
      expect(failure).toBeUndefined();
      expect(kills).toBe(8);
      expect(new Set(values).size).toBe(values.length);
      expect(values.length).toBeGreaterThanOrEqual(8 * sections);
      const last = Number((await client.get("counter")).text());
      expect(last).toBeGreaterThanOrEqual(values.length);
      // What a killed process changed and could not say.
      expect(last).toBeLessThanOrEqual(values.length + kills);
    },
    600_000,
  );

  test("change nothing any more when they stood still for longer than their lease", async () => {
    const times = rounds("holders that stood still", 3, 100);
    const ttl = 200;
    let refused = 0;
    for (let round = 0; round < times; round += 1) {
      const holder = worker("sleeper", home, [ttl]);
      const token = await said<number>(holder);
      holder.child.kill("SIGSTOP");
      const next = await client.withLease("job", async (lease) => {
        await client.set("value", `fresh ${round}`, { lease });
        return lease.token;
      });
      expect(next).toBeGreaterThan(token);
      holder.child.stdin?.write("set\n");
      holder.child.kill("SIGCONT");
      const [outcome] = await said<[string, boolean]>(holder);
      if (outcome === "CONFLICT") refused += 1;
      expect((await client.get("value")).text()).toBe(`fresh ${round}`);
      holder.stop();
      await holder.done;
    }
    expect(refused).toBe(times);
  }, 600_000);

  test("hold nothing any more when it was the daemon that stood still", async () => {
    const holder = worker("sleeper", home, [1000]);
    await said(holder);
    const pid = recordedPid(home) ?? 0;
    process.kill(pid, "SIGSTOP");
    await sleep(1300);
    holder.child.stdin?.write("set\n");
    process.kill(pid, "SIGCONT");
    expect(await said(holder)).toEqual(["CONFLICT", expect.any(Boolean)]);
    holder.stop();
    await holder.done;
  }, 60_000);
});

test("a lease that its process loses with the daemon says so at once", async () => {
  // The next renewal, which would find it, is 20 s away: later than this test may last.
  const held = async ({ signal, token }: Lease): Promise<void> => {
    expect(token).toBeGreaterThan(0);
    const aborted = new Promise((resolve) => {
      signal.addEventListener("abort", resolve, { once: true });
    });
    process.kill(recordedPid(home) ?? 0, "SIGKILL");
    await aborted;
    expect(signal.reason).toMatchObject({ code: "CONFLICT" });
  };
  await client.withLease("job", held, { ttl: 60_000 });
}, 15_000);

test("requests behind one that waits for a lease are answered meanwhile", async () => {
  const other = await connect({ home, autostart: false, timeout: "60s" });
  await other.withLease("job", async () => {
    const waiting = client.withLease("job", () => "mine", { timeout: 60_000 });
    await client.set("a", "1");
    expect((await client.get("a")).text()).toBe("1");
    void waiting.catch(() => undefined);
    await expect(client.withLease("job", () => "none", { timeout: 0 })).rejects.toMatchObject({
      code: "CONFLICT",
    });
  });
  expect(await client.withLease("job", () => "mine")).toBe("mine");
  other.close();
}, 60_000);

/** The next line that a worker writes. */
async function said<T>({ take }: ReturnType<typeof worker>): Promise<T> {
  let found: unknown;
  await until("its word", () => {
    [found] = found === undefined ? take() : [found];
    return found !== undefined;
  });
  return found as T;
}

test(
  "a key that is revoked leaves the line, and is refused at once whatever it asks then",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("q/a", "v");
    const held = await owner.call("lease/acquire", { name: "q/h", ttl: 3_600_000 });
    const terms = { allow: ["lease,get,set:q/**"], noExpiry: true } as const;
    const times = rounds("revocations", 10, 200);
    for (let n = 0; n < times; n += 1) {
      const { id, token } = await owner.change("key/create", { name: `k${n}`, ...terms }, {});
      const key = await withKey(place, token);
      const asked = { name: "q/h", ttl: 1000, wait: 600_000 };
      const waiting = codeOf(key.call("lease/acquire", asked, { timeout: 600_000 }));
      // Behind it on the same connection: it stands in the line.
      await key.get("q/a");
      await owner.change("key/revoke", { key: id }, {});
      const codes = await Promise.all([codeOf(key.set("q/b", "v")), codeOf(key.get("q/a"))]);
      expect([n, ...codes, await waiting]).toEqual([n, "DENIED", "DENIED", "DENIED"]);
      if (n > 0) key.close();
    }
    // That of the first was not closed by its client.
    await until("the end of its connection", async () => {
      const { detail } = await owner.status({ detail: true });
      return detail?.connections === 1;
    });
    const { name, token: number } = held;
    expect(await owner.call("lease/release", { name, token: number })).toMatchObject({
      released: true,
    });
  },
);
