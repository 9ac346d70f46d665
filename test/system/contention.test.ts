import { connect, StrongroomError, type Client } from "@strongroom/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { discard, rounds, startDaemon, temporaryHome, worker } from "../support/processes.ts";

let home: string;
beforeEach(async () => {
  home = temporaryHome();
  await startDaemon(home);
});
afterEach(() => discard(home));

const codeOf = (error: unknown): string =>
  error instanceof StrongroomError ? error.code : String(error);

async function clients(count: number): Promise<Client[]> {
  return Promise.all(
    Array.from({ length: count }, () => connect({ home, autostart: false, timeout: "120s" })),
  );
}

describe("many callers at once", () => {
  test("eight processes adding one to the same number lose no increment", async () => {
    const each = rounds("increments by each of 8 processes", 60, 500);
    const workers = Array.from({ length: 8 }, () => worker("increment", home, ["counter", each]));
    await Promise.all(workers.map(({ done }) => done));
    const [client] = await clients(1);
    expect(Number((await client!.get("counter")).text())).toBe(8 * each);
    client!.close();
  }, 600_000);

  test("twenty creates of one absent name at once have one success and nineteen ALREADY_EXISTS", async () => {
    const times = rounds("rounds of 20 creates", 10, 100);
    const callers = await clients(20);
    for (let round = 0; round < times; round += 1) {
      const outcomes = await Promise.all(
        callers.map((client, id) =>
          client.set(`created/${round}`, `by ${id}`, { expect: { absent: true } }).then(
            () => "created",
            (error: unknown) => codeOf(error),
          ),
        ),
      );
      expect(outcomes.filter((outcome) => outcome === "created")).toHaveLength(1);
      expect(outcomes.filter((outcome) => outcome === "ALREADY_EXISTS")).toHaveLength(19);
      const winner = outcomes.indexOf("created");
      expect((await callers[0]!.get(`created/${round}`)).text()).toBe(`by ${winner}`);
    }
    for (const client of callers) client.close();
  }, 600_000);

  test("clearing one prefix takes nothing from another that is written meanwhile", async () => {
    const times = rounds("rounds of clear a/ against sets in b/", 20, 100);
    const [clearer, writer] = await clients(2);
    let lost = 0;
    for (let round = 0; round < times; round += 1) {
      await clearer!.batch(
        Array.from({ length: 5 }, (_, n) => ({ op: "set" as const, name: `a/${n}`, value: "x" })),
      );
      const names = Array.from({ length: 10 }, (_, n) => `b/${round}/${n}`);
      await Promise.all([
        clearer!.batch([{ op: "clear", prefix: "a/" }]),
        ...names.map((name) => writer!.set(name, name)),
      ]);
      const { secrets } = await writer!.read(names);
      lost += secrets.filter((secret, n) => secret?.text() !== names[n]).length;
    }
    expect(lost).toBe(0);
    const { secrets } = await clearer!.list({ pattern: "a/**" });
    expect(secrets).toEqual([]);
    clearer!.close();
    writer!.close();
  }, 600_000);

  test("a batch of two names is never seen half by a read of both", async () => {
    const reads = rounds("reads of both names", 2000, 20_000);
    const [reader] = await clients(1);
    await reader!.batch([
      { op: "set", name: "pair/a", value: "0" },
      { op: "set", name: "pair/b", value: "0" },
    ]);
    const workers = Array.from({ length: 8 }, (_, id) => worker("pairs", home, [id]));
    let unequal = 0;
    const seen = new Set<string>();
    for (let n = 0; n < reads; n += 1) {
      const { secrets } = await reader!.read(["pair/a", "pair/b"]);
      const [a, b] = secrets.map((secret) => secret?.text());
      seen.add(String(a));
      if (a === undefined || a !== b) unequal += 1;
    }
    for (const { stop } of workers) stop();
    await Promise.all(workers.map(({ done }) => done));
    reader!.close();
    console.log(`${reads} reads saw ${seen.size} pairs, ${unequal} unequal`);
    expect(unequal).toBe(0);
    expect(seen.size).toBeGreaterThan(10);
  }, 600_000);

  test("no reader sees a torn or a missing value while its length alternates", async () => {
    const writes = rounds("writes of alternating lengths", 200, 1000);
    const [writer, reader] = await clients(2);
    const short = "s".repeat(4096);
    const long = "l".repeat(65_536);
    await writer!.set("alternating", short);
    let writing = true;
    const lengths = new Map<number, number>();
    const reading = (async () => {
      while (writing) {
        const value = (await reader!.get("alternating")).text();
        if (value !== short && value !== long) throw new Error(`torn: ${value.length} characters`);
        lengths.set(value.length, (lengths.get(value.length) ?? 0) + 1);
      }
    })();
    for (let n = 0; n < writes; n += 1)
      await writer!.set("alternating", n % 2 === 0 ? long : short);
    writing = false;
    await reading;
    expect([...lengths.keys()].toSorted((a, b) => a - b)).toEqual([4096, 65_536]);
    writer!.close();
    reader!.close();
  }, 600_000);
});
