import { spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@strongroom/client";
import type { WatchEvent } from "@strongroom/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { expectEnd } from "../support/ending.ts";
import { cli, CLI, discard, environment, recordedPid } from "../support/processes.ts";
import { rounds, startDaemon, temporaryHome, until, worker } from "../support/processes.ts";

let home: string;
beforeEach(() => {
  home = temporaryHome();
});
afterEach(() => discard(home));

type Told = Extract<WatchEvent, { name: string }>;
interface Acknowledged {
  readonly acknowledged?: string;
  readonly revision?: number;
}

/** A watcher in a process of its own, and what it has said. */
function watcher(): { readonly heard: Told[]; again(): void; stop(): Promise<void> } {
  const { child, done, stop, take } = worker("watcher", home);
  const heard: Told[] = [];
  const gather = setInterval(() => heard.push(...(take() as Told[])), 20);
  return {
    heard,
    again: () => void child.stdin?.write("\n"),
    stop: async () => {
      stop();
      await done;
      clearInterval(gather);
    },
  };
}

describe("four watchers", () => {
  test(
    "hear of every change once and in order, whatever becomes of daemon and connections",
    { timeout: 600_000 },
    async () => {
      const wanted = rounds("changes that four watchers hear of", 800, 10_000);
      await startDaemon(home);
      const watchers = Array.from({ length: 4 }, watcher);
      const writers = ["a", "b", "c"].map((prefix) => worker("writer", home, [prefix, 50]));
      const names = new Map<number, string>();
      const gather = (): void => {
        for (const writer of writers) {
          for (const { acknowledged, revision = 0 } of writer.take() as Acknowledged[]) {
            if (acknowledged !== undefined) names.set(revision, acknowledged);
          }
        }
      };
      let kills = 0;
      let leaves = 0;
      for (let next = wanted / 3; names.size < wanted;) {
        await pause(20 + Math.random() * 60);
        gather();
        watchers[Math.floor(Math.random() * 4)]?.again();
        leaves += 1;
        if (names.size < next) continue;
        next += wanted / 3;
        const pid = recordedPid(home) ?? 0;
        expectEnd(pid);
        process.kill(pid, "SIGKILL");
        kills += 1;
        await startDaemon(home);
      }
      for (const writer of writers) writer.stop();
      await Promise.all(writers.map(({ done }) => done));
      gather();
      const client = await connect({ home, autostart: false });
      const { revision } = await client.list({ limit: 1 });
      client.close();
      for (const each of watchers) {
        await until("the last event", () => each.heard.at(-1)?.revision === revision);
        await each.stop();
        expect(each.heard.map((event) => event.revision)).toEqual(
          Array.from({ length: revision }, (_, at) => at + 1),
        );
        const others = each.heard.filter(
          ({ event, name, revision: at }) =>
            event !== "set" || (names.has(at) && names.get(at) !== name),
        );
        expect(others).toEqual([]);
      }
      console.log(
        `${names.size} changes acknowledged, ${revision} told to 4 watchers; ${leaves} times one of them left, ${kills} daemons were killed`,
      );
    },
  );

  test("who stands still hold up nobody, and hear all of it when they go on", async () => {
    await startDaemon(home);
    const client = await connect({ home, autostart: false });
    const { child, stop, take } = worker("watcher", home);
    await client.set("n", "0");
    await until("the first event", () => take().length > 0);
    child.kill("SIGSTOP");
    for (let n = 1; n <= 3000; n += 1) void client.set("n", String(n));
    const { revision } = await client.set("last", "1");
    expect(revision).toBe(3002);
    const heard: Told[] = [];
    child.kill("SIGCONT");
    await until("the last", () => {
      heard.push(...(take() as Told[]));
      return heard.at(-1)?.revision === revision;
    });
    expect(heard).toHaveLength(3001);
    stop();
    client.close();
  });
});

describe("whoever only watches", () => {
  test("do not keep it from locking itself", { timeout: 60_000 }, async () => {
    await startDaemon(home);
    const client = await connect({ home, autostart: false });
    await client.set("a", "1");
    await client.call("vault/unlock", { autolock: { idleMs: 1000 } });
    let refused: unknown;
    for (let looks = 0; looks < 100 && refused === undefined; looks += 1) {
      await pause(100);
      await client.call("watch/start", { wait: 0 }).catch((error: unknown) => (refused = error));
    }
    expect(refused).toMatchObject({
      code: expect.stringMatching(/^(?:LOCKED|UNAVAILABLE)$/) as string,
    });
    client.close();
  });
});

describe("strongroom watch", () => {
  test("says a line for each event, over a daemon that is stopped, until the vault is locked", async () => {
    const run = (...args: string[]): ReturnType<typeof cli> => cli(home, args, "x");
    await run("set", "before");
    const child = spawn(process.execPath, [CLI, "watch", "--since", "0"], {
      env: environment(home),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const ended = once(child, "close");
    await run("set", "a");
    await run("set", "b", "--expires", "1s");
    await until("the end of b", () => out.includes("expire"));
    await run("daemon", "stop");
    // No daemon is started for who only watches.
    await pause(500);
    expect(recordedPid(home)).toBeUndefined();
    await run("delete", "a");
    await until("what came after", () => out.includes("delete"));
    await run("lock");
    const [status] = (await ended) as [number];
    expect(status).toBe(7);
    expect(out).toBe("set 1 before\nset 2 a\nset 3 b\nexpire 3 b\ndelete 4 a\nlock 4\n");
  });

  test("ends with 0 when it is interrupted, and says JSON where that is asked for", async () => {
    await cli(home, ["set", "a"], "1");
    const child = spawn(process.execPath, [CLI, "watch", "a*", "--json"], {
      env: environment(home),
      stdio: ["ignore", "pipe", "pipe"],
    });
    let out = "";
    child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
    const ended = once(child, "close");
    await until("an event", async () => {
      await cli(home, ["set", "ab"], "1");
      return out.length > 0;
    });
    child.kill("SIGINT");
    const [status] = (await ended) as [number];
    expect(status).toBe(0);
    expect(JSON.parse(out.split("\n")[0] ?? "")).toMatchObject({
      schema: 1,
      event: "set",
      name: "ab",
    });
  });
});
