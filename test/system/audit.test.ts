import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import type { AuditEntry } from "@strongroom/client/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { expectEnd } from "../support/ending.ts";
import {
  CLI,
  cli,
  discard,
  environment,
  LONG,
  pause,
  rounds,
  startDaemon,
  temporaryHome,
} from "../support/processes.ts";
import { RawClient, request } from "../support/raw-client.ts";
import { seededRandom } from "../support/random.ts";

function home(): string {
  const made = temporaryHome();
  onTestFinished(() => discard(made));
  return made;
}

/** Every record behind a number, by a client of the owner's. */
async function entriesAfter(owner: Client, after: number): Promise<AuditEntry[]> {
  const entries: AuditEntry[] = [];
  for (let next = after; ;) {
    const page = await owner.call("audit/list", { after: next });
    entries.push(...page.entries);
    next = page.next;
    if (next >= page.last) return entries;
  }
}

function damage(path: string, place: number): void {
  const bytes = readFileSync(path);
  bytes[place] = (bytes[place] ?? 0) ^ 1;
  writeFileSync(path, bytes);
}

describe("what was acknowledged before a kill -9", () => {
  const title = "every change, and every read of a key, has its record, once, and the chain holds";
  test(title, { timeout: LONG ? 1_200_000 : 120_000 }, async () => {
    const seed = Date.now() % 1_000_000;
    const cycles = rounds(`kill -9 under an audit, seed ${seed}`, 6, 200);
    const random = seededRandom(seed);
    const place = home();
    let token = "";
    let seen = 0;
    let changes = 0;
    let reads = 0;
    for (let cycle = 0; cycle < cycles; cycle += 1) {
      const daemon = await startDaemon(place);
      expectEnd(daemon.pid ?? 0);
      const owner = await connect({ home: place, autostart: false, timeout: "30s" });
      if (cycle === 0) {
        await owner.set("a", "v");
        const terms = { name: "k", allow: ["get:**"], noExpiry: true } as const;
        token = (await owner.change("key/create", terms, {})).token;
      }
      const env = { STRONGROOM_HOME: place, STRONGROOM_API_KEY: token };
      const other = await connect({ env, autostart: false, timeout: "30s" });
      const changed = new Set<string>();
      let read = 0;
      let dead = false;
      const lane = async (ask: (n: string) => Promise<void>, id: number): Promise<void> => {
        for (let n = 0; !dead; n += 1) await ask(`${cycle}-${id}-${n}`);
      };
      const lanes = Array.from({ length: 8 }, (_, id) => [
        lane(async (name) => {
          await owner.set(name, "v");
          changed.add(name);
        }, id),
        lane(async () => {
          await other.get("a");
          read += 1;
        }, id),
      ]).flat();
      const ended = Promise.allSettled(lanes);
      await pause(20 + random() * 150);
      dead = true;
      daemon.kill("SIGKILL");
      await once(daemon, "exit");
      await ended;
      owner.close();
      other.close();

      const again = await startDaemon(place);
      expectEnd(again.pid ?? 0);
      const looking = await connect({ home: place, autostart: false, timeout: "30s" });
      const entries = await entriesAfter(looking, seen);
      const told = entries.filter(({ operation }) => operation === "set").map(({ name }) => name);
      expect(new Set(told).size).toBe(told.length);
      expect([...changed].filter((name) => !told.includes(name))).toEqual([]);
      const keyed = entries.filter(
        ({ actor, operation }) => actor !== "owner" && operation === "get",
      );
      expect(keyed.length).toBeGreaterThanOrEqual(read);
      expect(entries.map(({ number }) => number)).toEqual(entries.map((_, at) => seen + at + 1));
      expect((await looking.call("audit/verify", {})).ok).toBe(true);
      seen = entries.at(-1)?.number ?? seen;
      changes += changed.size;
      reads += read;
      looking.close();
      again.kill("SIGKILL");
      await once(again, "exit");
    }
    console.log(`audited: ${changes} changes and ${reads} reads of a key, none without its record`);
    expect(Math.min(changes, reads)).toBeGreaterThan(cycles);
  });
});

describe("a connection that presented a credential", () => {
  test("is recorded as whoever it was when it asked, and what it may not ask for too", async () => {
    const place = home();
    await cli(place, ["set", "a"], "v");
    const owner = await connect({ home: place, autostart: false });
    onTestFinished(() => owner.close());
    const terms = { name: "k", allow: ["get:a"], noExpiry: true } as const;
    const { id, token } = await owner.change("key/create", terms, {});
    await owner.call("audit/policy", { owner: "off" });
    const { last } = await owner.call("audit/list", {});
    const { endpoint } = await owner.call("vault/status", {});
    const raw = await RawClient.greeted(endpoint);
    onTestFinished(() => raw.destroy());
    await raw.call("session/authenticate", { token });
    await raw.call("vault/lock");
    raw.send(
      request(1, "secret/get", { name: "a" }),
      request(2, "session/authenticate", { token: "another" }),
    );
    expect((await raw.reply(1)).result).toMatchObject({ value: "v" });
    for (const method of ["vault/status", "vault/unlock", "secret/list"]) {
      expect((await raw.call(method)).error?.data.code).toBe("DENIED");
    }
    const told = async (): Promise<Record<string, number>> => {
      const counts: Record<string, number> = {};
      for (const entry of await entriesAfter(owner, last)) {
        const what = `${entry.actor} ${entry.operation} ${entry.outcome}`;
        counts[what] = (counts[what] ?? 0) + (entry.count ?? 1);
      }
      return counts;
    };
    await expect.poll(told, { timeout: 10_000 }).toEqual({
      [`key:${id} authenticate ok`]: 1,
      [`key:${id} get ok`]: 1,
      [`key:${id} vault/lock refused`]: 1,
      "unknown authenticate refused": 4,
    });
  });
});

describe("a byte that was changed", () => {
  test("in a sealed segment is named with its record, and keeps nobody from the secrets", async () => {
    const place = home();
    await cli(place, ["set", "a"], "v");
    for (let round = 0; round < 2; round += 1) await cli(place, ["daemon", "restart"]);
    await cli(place, ["daemon", "stop"]);
    const [file = ""] = readdirSync(join(place, "vault")).filter((name) =>
      name.startsWith("audit"),
    );
    damage(join(place, "vault", file), 200);
    const verified = await cli(place, ["audit", "verify"]);
    expect(verified.status).toBe(11);
    expect(verified.stderr).toContain(join(place, "vault", file));
    expect(verified.stderr).toContain("audit record 1 is broken");
    await cli(place, ["set", "later"], "v");
    for (const more of [[], ["--json"]]) {
      const listed = await cli(place, ["audit", ...more]);
      expect(listed.status).toBe(11);
      expect(listed.stdout).toContain("later");
      expect(listed.stderr).toContain("audit record 1 is broken");
    }
    expect((await cli(place, ["verify"])).status).toBe(11);
    expect((await cli(place, ["get", "a"])).stdout).toBe("v");
    expect((await cli(place, ["set", "b"], "v")).status).toBe(0);
  });

  test("in the journal is named with the journal", async () => {
    const place = home();
    await cli(place, ["set", "a"], "v");
    const [file = ""] = readdirSync(join(place, "vault")).filter((name) =>
      name.startsWith("journal"),
    );
    damage(join(place, "vault", file), 230);
    const verified = await cli(place, ["audit", "verify"]);
    expect(verified.status).toBe(11);
    expect(verified.stderr).toContain(join(place, "vault", file));
  });
});

describe("the command line", () => {
  test("follows what comes, one line a record, and shows people their keys' names", async () => {
    const place = home();
    await cli(place, ["set", "old"], "v");
    const child = spawn(process.execPath, [CLI, "audit", "--follow", "--json"], {
      env: environment(place),
      stdio: ["ignore", "pipe", "inherit"],
    });
    onTestFinished(() => void child.kill());
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? "null");
    // It has begun when it has seen this one; how soon that is, nobody knows.
    const first = next();
    let begun = false;
    void first.then(() => (begun = true));
    for (let n = 0; !begun; n += 1) {
      await cli(place, ["set", "new"], String(n));
      await pause(200);
    }
    expect(await first).toMatchObject({ schema: 1, operation: "set", name: "new", outcome: "ok" });
    await cli(place, ["delete", "old"]);
    for (;;) {
      const entry = (await next()) as AuditEntry;
      if (entry.operation === "set") continue;
      expect(entry).toMatchObject({ actor: "owner", client: "strongroom-cli", name: "old" });
      break;
    }
  });

  test("tells who locked the vault, and who opened it again", async () => {
    const place = home();
    await cli(place, ["set", "a"], "v");
    await cli(place, ["lock"]);
    await cli(place, ["unlock"]);
    const told = async (): Promise<readonly string[]> => {
      const { stdout } = await cli(place, ["audit", "--json"]);
      const { entries } = JSON.parse(stdout) as { readonly entries: readonly AuditEntry[] };
      return entries.map(({ actor, client, operation }) => `${actor} ${client} ${operation}`);
    };
    await expect
      .poll(told, { timeout: 10_000, interval: 300 })
      .toEqual([
        "owner strongroom-cli set",
        "owner strongroom-cli vault/lock",
        "owner strongroom-cli vault/unlock",
      ]);
  });

  test("filters by key, name and time, and says what it does not understand", async () => {
    const place = home();
    await cli(place, ["set", "a/b"], "v");
    const rule = ["--allow", "get:a/**", "--no-expiry"];
    const made = await cli(place, ["key", "create", "ci", ...rule]);
    const credential = { STRONGROOM_API_KEY: made.stdout.trim() };
    expect((await cli(place, ["get", "a/b"], "", credential)).stdout).toBe("v");
    const told = await cli(place, ["audit", "--client", "ci", "--name", "a/*", "--since", "1h"]);
    expect(told.stdout).toMatch(
      /^\d+ {2}\S+ {2}key:ci \(\w{10}\) {2}strongroom-cli {2}get {2}a\/b\n$/,
    );
    const json = JSON.parse((await cli(place, ["audit", "--client", "owner", "--json"])).stdout);
    expect(json).toMatchObject({
      schema: 1,
      entries: [{ name: "a/b" }, { operation: "key/create" }],
    });
    expect((await cli(place, ["audit", "--since", "2999-01-01"])).status).toBe(2);
    expect((await cli(place, ["audit", "policy", "--keys", "often"])).status).toBe(2);
    expect((await cli(place, ["audit", "policy", "--keep", "5"])).status).toBe(2);
    expect((await cli(place, ["audit", "everything"])).status).toBe(2);
    const ignored = await cli(place, ["audit", "--keep", "100MiB"]);
    expect(ignored).toMatchObject({ status: 2, stdout: "" });
    expect(ignored.stderr).toContain("audit list takes no --keep");
    expect((await cli(place, ["audit", "policy", "--since", "1h"])).status).toBe(2);
    expect((await cli(place, ["audit", "verify", "--follow"])).status).toBe(2);
    const policy = await cli(place, ["audit", "policy", "--owner", "strict", "--keep", "1GiB"]);
    expect(policy.stdout).toContain(
      "reads of the owner: strict\nkept: the newest 1073741824 bytes",
    );
    expect((await cli(place, ["audit"], "", credential)).status).toBe(4);
  });
});
