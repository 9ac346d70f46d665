import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { ROOT } from "../support/throwaway.ts";
import { cli, CLI, discard, environment, finish, recordedPid } from "../support/processes.ts";
import type { Ended } from "../support/processes.ts";
import { startDaemon, temporaryHome, until } from "../support/processes.ts";

const DAEMON = join(ROOT, "packages/daemon/bin/strongroomd.js");
const linux = process.platform === "linux";
const homes: string[] = [];
afterEach(async () => {
  for (const path of homes.splice(0)) await discard(path);
});

interface Finding {
  readonly check: string;
  readonly verdict: string;
  readonly message: string;
  readonly mend?: string;
}

function home(): string {
  const path = temporaryHome();
  homes.push(path);
  return path;
}

function parsed(stdout: string): readonly Finding[] {
  return (JSON.parse(stdout) as { readonly findings: readonly Finding[] }).findings;
}

async function examined(place: string, more: NodeJS.ProcessEnv = {}): Promise<readonly Finding[]> {
  const patient = { STRONGROOM_TIMEOUT: "30s", ...more };
  return parsed((await cli(place, ["doctor", "--json"], "", patient)).stdout);
}

/** The one finding of that name, which must not be ok. */
function wrong(findings: readonly Finding[], check: string): Finding | undefined {
  const [found, ...more] = findings.filter((each) => each.check === check && each.verdict !== "ok");
  expect(more).toEqual([]);
  return found;
}

test("the doctor asks for a recovery key and a backup until both are there, and is content with either way", async () => {
  const place = home();
  await startDaemon(place);
  await cli(place, ["verify"]);
  const next = async (): Promise<unknown> => {
    const { status, stdout } = await cli(place, ["doctor", "--json"]);
    expect(status, "what a loss would meet is no problem yet").toBe(0);
    const found = parsed(stdout).filter(({ check }) => check === "recovery");
    return found.map(({ verdict, mend }) => [verdict, mend]);
  };
  const backup = ["note", "strongroom backup"];
  expect(await next()).toEqual([["note", "strongroom recovery new"], backup]);
  await cli(place, ["recovery", "new", "--output", join(place, "key")]);
  expect(await next()).toEqual([backup]);
  await cli(place, ["backup"]);
  expect(await next()).toEqual([["ok", undefined]]);
  await cli(place, ["daemon", "stop"]);
  expect(await next()).toEqual([["note", "strongroom daemon start; strongroom doctor"]]);
});

test.skipIf(!linux)(
  "the doctor knows a daemon that was stopped, and its command lets it go on",
  async () => {
    const place = home();
    const daemon = await startDaemon(place);
    daemon.kill("SIGSTOP");
    const found = wrong(await examined(place, { STRONGROOM_TIMEOUT: "1s" }), "daemon");
    expect(found).toMatchObject({ verdict: "problem", mend: `kill -CONT ${daemon.pid}` });
    execFileSync("sh", ["-c", found?.mend ?? ""]);
    expect(wrong(await examined(place), "daemon")).toBeUndefined();
  },
);

test.skipIf(!linux)(
  "the doctor knows a process that has the record and that nobody can reach",
  async () => {
    const place = home();
    const daemon = await startDaemon(place);
    const { endpoint } = JSON.parse(readFileSync(join(place, "vault/daemon.pid"), "utf8")) as {
      readonly endpoint: string;
    };
    // It would publish its socket anew before anybody could look.
    daemon.kill("SIGSTOP");
    rmSync(endpoint);
    const stopped = wrong(await examined(place), "daemon");
    expect(stopped).toMatchObject({ verdict: "problem", mend: `kill -CONT ${daemon.pid}` });
    daemon.kill("SIGCONT");
    await expect
      .poll(async () => wrong(await examined(place), "daemon"), { timeout: 30_000 })
      .toBeUndefined();
  },
);

/** The daemon of another release: what is built here, with other words in its version file. */
function otherRelease(place: string, change: (text: string) => string): string {
  const packages = join(place, "packages");
  for (const name of ["client", "daemon"]) {
    const [from, to] = [join(ROOT, "packages", name), join(packages, name)];
    for (const part of ["dist", "package.json", ...(name === "daemon" ? ["bin"] : [])]) {
      cpSync(join(from, part), join(to, part), { recursive: true });
    }
    mkdirSync(join(to, "node_modules/@strongroom"), { recursive: true });
    for (const each of readdirSync(join(from, "node_modules"))) {
      if (each.startsWith("@")) continue;
      symlinkSync(realpathSync(join(from, "node_modules", each)), join(to, "node_modules", each));
    }
  }
  symlinkSync(join(packages, "client"), join(packages, "daemon/node_modules/@strongroom/client"));
  const version = join(packages, "client/dist/protocol/version.js");
  writeFileSync(version, change(readFileSync(version, "utf8")));
  return join(packages, "daemon/bin/strongroomd.js");
}

test.each([
  ["version", /"\d+\.\d+\.\d+"/, '"0.0.9"', "note", "strongroom daemon restart"],
  ["daemon", /(min|max): 1/g, "$1: 9", "problem", "update the client"],
])("the doctor knows a daemon of another release by its %s", async (check, ...words) => {
  const [what, by, verdict, mend] = words;
  const place = home();
  const program = otherRelease(place, (text) => text.replaceAll(new RegExp(what, "g"), by));
  const child = spawn(process.execPath, [program], { env: environment(place), stdio: "ignore" });
  await until("its record", () => recordedPid(place) === child.pid);
  const found = wrong(await examined(place), check);
  expect(found).toMatchObject({
    verdict,
    message: expect.stringMatching(/0\.0\.9|PROTOCOL_MISMATCH/) as string,
    mend: expect.stringContaining(mend) as string,
  });
});

const canHide =
  linux && process.getuid?.() === 0 && spawnSync("unshare", ["-m", "true"]).status === 0;

test.skipIf(!canHide)("the doctor knows a disk without locks of the kernel", async () => {
  const place = home();
  const flock = join(place, "flock");
  // What flock(1) ends with there.
  writeFileSync(flock, "#!/bin/sh\nexit 71\n", { mode: 0o755 });
  const hidden = `mount --bind '${flock}' "$(command -v flock)" && exec '${process.execPath}' '${DAEMON}'`;
  const child = spawn("unshare", ["-m", "sh", "-c", hidden], {
    env: environment(place),
    stdio: "ignore",
  });
  await until("its record", () => recordedPid(place) === child.pid);
  expect(wrong(await examined(place), "lock")).toMatchObject({
    verdict: "note",
    message: expect.stringContaining("no kernel lock is to be had here") as string,
  });
});

test.skipIf(!linux)("a sandbox that lets nobody connect is known to the doctor", async () => {
  const place = home();
  await startDaemon(place);
  const doctor = await sandboxed(place, "doctor", "--json");
  expect(wrong(parsed(doctor.stdout), "daemon")).toMatchObject({
    verdict: "problem",
    message: expect.stringContaining("is not permitted: EACCES") as string,
    mend: expect.stringContaining("sandbox") as string,
  });
  // Where the daemon cannot be reached, nobody can say that none runs.
  const stop = await sandboxed(place, "daemon", "stop");
  expect(stop).toMatchObject({ status: 8, stdout: "" });
  expect(stop.stderr).toContain("is not permitted: EACCES");
});

/** Runs the command line where the socket of the daemon may not be connected to. */
async function sandboxed(place: string, ...args: string[]): Promise<Ended> {
  const { endpoint } = JSON.parse(readFileSync(join(place, "vault/daemon.pid"), "utf8")) as {
    readonly endpoint: string;
  };
  chmodSync(endpoint, 0);
  // Root may connect all the same, unless that right is taken from it.
  const rootless = ["--bounding-set", "-dac_override,-dac_read_search"];
  const [program, first] =
    process.getuid?.() === 0
      ? ["setpriv", [...rootless, process.execPath]]
      : [process.execPath, []];
  try {
    return await finish(spawn(program, [...first, CLI, ...args], { env: environment(place) }));
  } finally {
    chmodSync(endpoint, 0o600);
  }
}

test.skipIf(!linux)(
  "the doctor knows why no daemon lives where every path for a socket is too long",
  async () => {
    const root = home();
    const long = join(root, "a-name-of-thirty-characters-xx/".repeat(4));
    mkdirSync(long, { recursive: true, mode: 0o700 });
    const place = join(long, "home");
    homes.unshift(place);
    await cli(place, ["init"]);
    await cli(place, ["daemon", "stop"]);
    const more = { TMPDIR: long };
    expect((await cli(place, ["list", "--timeout", "20s"], "", more)).status).toBe(8);
    const findings = await examined(place, more);
    expect(wrong(findings, "socket")).toMatchObject({
      verdict: "problem",
      mend: "export TMPDIR=/tmp; strongroom daemon start",
    });
    expect(wrong(findings, "starts")).toMatchObject({
      verdict: "problem",
      message: expect.stringContaining("no folder can hold the daemon's socket") as string,
    });
    await startDaemon(place, []);
    expect(wrong(await examined(place), "socket")).toBeUndefined();
  },
);

test.skipIf(!linux)("the doctor knows a socket that this shell does not lead to", async () => {
  const place = home();
  const runtime = join(place, "runtime");
  mkdirSync(runtime, { mode: 0o700 });
  await startDaemon(place, ["--create"], { XDG_RUNTIME_DIR: runtime });
  expect(wrong(await examined(place), "socket")).toMatchObject({
    verdict: "note",
    message: expect.stringContaining(join(runtime, "strongroom")) as string,
  });
  expect(wrong(await examined(place, { XDG_RUNTIME_DIR: runtime }), "socket")).toBeUndefined();
});

test.skipIf(process.getuid?.() !== 0)("the doctor knows whom sudo has made root", async () => {
  const place = home();
  const found = wrong(await examined(place, { SUDO_UID: "1000" }), "account");
  expect(found).toMatchObject({ verdict: "note", mend: "sudo -u '#1000' strongroom doctor" });
  expect(wrong(await examined(place), "account")).toBeUndefined();
});

test("the doctor knows what a daemon left that was killed, and an empty record", async () => {
  const place = home();
  const daemon = await startDaemon(place);
  const gone = new Promise((resolve) => daemon.once("exit", resolve));
  daemon.kill("SIGKILL");
  await gone;
  expect(wrong(await examined(place), "record")).toMatchObject({
    message: expect.stringContaining(`left by process ${daemon.pid}`) as string,
    mend: "strongroom daemon start",
  });
  writeFileSync(join(place, "vault/daemon.pid"), "");
  expect(wrong(await examined(place), "record")).toMatchObject({
    message: expect.stringContaining("counts as none") as string,
  });
  expect(await cli(place, ["daemon", "start"])).toMatchObject({ status: 0 });
  expect(wrong(await examined(place), "record")).toBeUndefined();
});

test("the doctor finds an audit that is damaged, and one that records less than it should", async () => {
  const place = home();
  await cli(place, ["set", "a"], "1");
  expect(wrong(await examined(place), "audit")).toBeUndefined();
  await cli(place, ["audit", "policy", "--owner", "off"]);
  const off = wrong(await examined(place), "audit");
  expect([off?.verdict, off?.mend]).toEqual(["note", "strongroom audit policy --owner lazy"]);
  await cli(place, ["audit", "policy", "--owner", "lazy"]);
  await cli(place, ["daemon", "restart"]);
  await cli(place, ["daemon", "restart"]);
  const [file = ""] = readdirSync(join(place, "vault")).filter((name) => name.startsWith("audit."));
  const path = join(place, "vault", file);
  const bytes = readFileSync(path);
  bytes[200] = (bytes[200] ?? 0) ^ 1;
  writeFileSync(path, bytes);
  const damaged = wrong(await examined(place), "audit");
  expect(damaged?.verdict).toBe("problem");
  expect(damaged?.message).toContain(path);
  expect((await cli(place, ["get", "a"])).stdout).toBe("1");
});
