import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect } from "@strongroom/client";
import { expect, onTestFinished, test } from "vitest";
import { isAlive } from "../support/alive.ts";
import { Installation } from "../support/installation.ts";
import type { Release } from "../support/installation.ts";
import {
  discard,
  environment,
  finish,
  LONG,
  recordedPid,
  temporaryHome,
  until,
} from "../support/processes.ts";
import type { Ended } from "../support/processes.ts";

const LONG_MS = 240_000;
const NOW: Release = { version: "1.0.0", min: 1, max: 1 };
const NEXT: Release = { version: "1.1.0", min: 1, max: 1 };

function home(): string {
  const path = temporaryHome();
  onTestFinished(() => discard(path));
  return path;
}

function installed(release: Release): Installation {
  const folder = temporaryHome();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return new Installation(folder, release);
}

function run(place: string, { cli }: Installation, args: string[], input = ""): Promise<Ended> {
  const env = environment(place, { PATH: process.env["PATH"] });
  return finish(spawn(process.execPath, ["--", cli, ...args], { env, stdio: "pipe" }), input);
}

/** How many daemons were ever begun in a home, by what they said as they began or ended. */
function begun(place: string): number {
  const path = join(place, "log/start.log");
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").length - 1 : 0;
}

const OLDEST: Release = { version: "0.8.0", min: 1, max: 1 };
const NEWEST: Release = { version: "2.0.0", min: 3, max: 3 };
const BETWEEN: readonly Release[] = [
  { version: "0.9.0", min: 1, max: 2 },
  { version: "1.0.0", min: 2, max: 2 },
  { version: "1.1.0", min: 2, max: 3 },
];
const RELEASES = LONG ? [OLDEST, ...BETWEEN, NEWEST] : [OLDEST, ...BETWEEN.slice(0, 2)];

test(
  "each client works with each daemon, or both are named with what to do, and no daemon is begun or ended",
  { timeout: LONG_MS },
  async () => {
    const installations = RELEASES.map((release) => ({ release, files: installed(release) }));
    const table: string[] = [];
    for (const { files, release: theirs } of installations) {
      const place = home();
      expect((await run(place, files, ["set", "a"], "v")).status).toBe(0);
      const pid = recordedPid(place);
      const before = begun(place);
      const row: string[] = [];
      for (const { files: client, release: ours } of installations) {
        const common = Math.min(ours.max, theirs.max) >= Math.max(ours.min, theirs.min);
        const got = await run(place, client, ["get", "a"]);
        const stored = await run(place, client, ["set", "a"], "v");
        row.push(common ? "works" : "17");
        expect([ours.version, got.status, stored.status]).toEqual(
          common ? [ours.version, 0, 0] : [ours.version, 17, 17],
        );
        if (common) expect(got.stdout).toBe("v");
        else {
          const older = ours.max < theirs.min;
          expect(got.stderr).toContain(ours.version);
          expect(got.stderr).toContain(theirs.version);
          expect(got.stderr).toMatch(
            older ? /next: update the client/u : /strongroom daemon restart/u,
          );
        }
      }
      table.push(`daemon ${theirs.version} (${theirs.min} to ${theirs.max}): ${row.join(", ")}`);
      expect([recordedPid(place), begun(place)]).toEqual([pid, before]);
      await discard(place);
    }
    console.log(
      `clients ${RELEASES.map(({ version }) => version).join(", ")}\n${table.join("\n")}`,
    );
  },
);

test(
  "a later client replaces an earlier daemon when it is told to, and an earlier one never does",
  { timeout: LONG_MS },
  async () => {
    const [older, newer] = [installed(OLDEST), installed(NEWEST)];
    const place = home();
    await run(place, older, ["set", "a"], "v");
    const first = recordedPid(place);
    const restarted = await run(place, newer, ["daemon", "restart"]);
    expect([restarted.status, restarted.stderr]).toEqual([0, expect.stringContaining("serves")]);
    expect(recordedPid(place)).not.toBe(first);
    expect((await run(place, newer, ["get", "a"])).stdout).toBe("v");
    const second = recordedPid(place);
    for (const verb of ["restart", "stop"]) {
      const refused = await run(place, older, ["daemon", verb]);
      expect([refused.status, refused.stderr]).toEqual([17, expect.stringContaining("2.0.0")]);
    }
    expect(recordedPid(place)).toBe(second);
    expect((await run(place, newer, ["get", "a"])).stdout).toBe("v");
  },
);

const EVERYTHING: readonly (readonly [args: string[], input?: string])[] = [
  [["set", "b"], "v"],
  [["get", "b"]],
  [["list"]],
  [["delete", "b"]],
  [["history", "b"]],
  [["restore", "b", "--version", "1"]],
  [["generate", "20", "--save", "c"]],
  [["key", "create", "k", "--allow", "get:**", "--no-expiry"]],
  [["key", "list"]],
  [["slot", "list"]],
  [["audit"]],
  [["audit", "verify"]],
  [["verify"]],
  [["backup"]],
  [["rekey"]],
  [["export", "--format", "json"]],
];

test(
  "a daemon whose files are taken away serves all as before, and is replaced when told to",
  { timeout: LONG_MS },
  async () => {
    const [files, mine] = [installed(NOW), installed(NOW)];
    const place = home();
    await run(place, files, ["set", "a"], "v");
    const pid = recordedPid(place);
    const writers = startWriters(place, files, 4);
    await until("the first writes of each", () => writers.begun() === 4);
    files.remove();
    const ran: [string, number | null][] = [];
    for (const [args, input] of EVERYTHING) {
      const { status } = await run(place, mine, [...args], input);
      ran.push([args.slice(0, 2).join(" "), status]);
    }
    expect(ran.filter(([, status]) => status !== 0)).toEqual([]);
    files.install(NEXT);
    for (const [args, input] of EVERYTHING.slice(0, 4)) {
      expect((await run(place, files, [...args], input)).status).toBe(0);
    }
    const status = await run(place, files, ["status"]);
    expect(status.stdout).toMatch(
      /daemon that runs is strongroom 1\.0\.0, this command is 1\.1\.0/u,
    );
    expect(status.stdout).toContain("strongroom daemon restart");
    const doctor = await run(place, files, ["doctor"]);
    expect(doctor.stdout).toMatch(/the daemon is version 1\.0\.0, this command 1\.1\.0/u);
    expect(recordedPid(place)).toBe(pid);
    expect((await run(place, files, ["daemon", "restart"])).status).toBe(0);
    const so = writers.acknowledged();
    await until("writes by the next daemon", () => writers.acknowledged() > so + 20);
    const written = await writers.end();
    const after = JSON.parse((await run(place, files, ["status", "--json"])).stdout) as {
      readonly version: string;
      readonly pid: number;
    };
    expect([after.version, after.pid === pid]).toEqual(["1.1.0", false]);
    const lost = await missing(place, written);
    console.log(`an upgrade under 4 writers: ${written.length} acknowledged, ${lost} lost`);
    expect(lost).toBe(0);
  },
);

test(
  "without its program a lock is a lock, and nobody is started over and over",
  { timeout: LONG_MS },
  async () => {
    const place = home();
    const folder = join(place, "node");
    mkdirSync(folder);
    const node = join(folder, "node");
    copyFileSync(process.execPath, node);
    chmodSync(node, 0o755);
    const [files, mine] = [installed(NOW), installed(NOW)];
    const env = environment(place, { PATH: process.env["PATH"] });
    const start = (args: string[], input = ""): Promise<Ended> =>
      finish(spawn(node, ["--", files.cli, ...args], { env, stdio: "pipe" }), input);
    expect((await start(["set", "a"], "v")).status).toBe(0);
    const daemon = recordedPid(place) ?? 0;
    rmSync(node);
    expect((await run(place, mine, ["get", "a"])).stdout).toBe("v");
    const locked = await run(place, mine, ["lock"]);
    expect([locked.status, locked.stderr]).toEqual([0, "strongroom: locked\n"]);
    await until("its end", () => !isAlive(daemon));
    expect((await run(place, mine, ["get", "a"])).status).toBe(7);
    expect((await run(place, mine, ["unlock"])).status).toBe(0);
    expect((await run(place, mine, ["get", "a"])).stdout).toBe("v");
    await run(place, mine, ["daemon", "stop"]);
    // A program that is there still, and starts a daemon by a Node that is not.
    const daemonless = { command: node, args: [files.daemon] };
    const before = begun(place);
    for (let n = 0; n < 3; n += 1) {
      await expect(connect({ home: place, env, daemon: daemonless })).rejects.toMatchObject({
        code: "UNAVAILABLE",
      });
    }
    console.log(`3 clients without node: ${begun(place) - before} tries`);
    expect(begun(place) - before).toBeLessThanOrEqual(3);
  },
);

interface Writers {
  /** How many of them have written something, and so have read what they are made of. */
  readonly begun: () => number;
  readonly acknowledged: () => number;
  /** Ends them; the names that were acknowledged. */
  readonly end: () => Promise<readonly string[]>;
}

/** Programs that store by the SDK of an installation, one secret after another, and say each. */
function startWriters(place: string, { sdk }: Installation, count: number): Writers {
  const program = `const { connect } = await import(${JSON.stringify(sdk)});
    const client = await connect({ timeout: "20s" });
    let over = false;
    process.stdin.on("end", () => (over = true)).resume();
    for (let n = 0; !over; n += 1) {
      const name = process.argv[1] + "/" + n;
      try {
        await client.set(name, name);
        console.log(name);
      } catch (error) {
        console.error(name, error.code);
      }
    }
    process.exit(0);`;
  const names: string[] = [];
  const children = Array.from({ length: count }, (_, n) => {
    const args = ["--input-type=module", "-e", program, `w${n}`];
    const child = spawn(process.execPath, args, { env: environment(place), stdio: "pipe" });
    createInterface({ input: child.stdout }).on("line", (line) => names.push(line));
    // Who fills a pipe that nobody reads writes nothing more, to a vault neither.
    child.stderr.resume();
    return child;
  });
  return {
    acknowledged: () => names.length,
    begun: () => new Set(names.map((name) => name.split("/")[0])).size,
    end: async () => {
      expect(children.map(({ exitCode }) => exitCode)).toEqual(children.map(() => null));
      await Promise.all(
        children.map((child) => {
          const ended = once(child, "close");
          child.stdin.end();
          return ended;
        }),
      );
      return names;
    },
  };
}

async function missing(place: string, names: readonly string[]): Promise<number> {
  const client = await connect({ home: place, env: environment(place), autostart: false });
  let lost = 0;
  for (let at = 0; at < names.length; at += 100) {
    const found = await client.read(names.slice(at, at + 100));
    lost += found.secrets.filter((secret, n) => secret?.text() !== names[at + n]).length;
  }
  client.close();
  return lost;
}
