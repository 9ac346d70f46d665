import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Container, folderOf, noContainers, worldFolder } from "../support/container.ts";
import type { InContainer } from "../support/container.ts";
import { LONG, pause, rounds, until } from "../support/processes.ts";
import { lacking, overlaid, UID } from "../support/scenes.ts";

const LONG_MS = 120_000;
const VAULT = "home/.local/share/strongroom/vault";

interface Scene {
  /** What a shell makes of the container; `work` holds `home` and `runtime` of the user. */
  readonly scene?: (work: string) => string;
  readonly env?: (work: string) => NodeJS.ProcessEnv;
  /** A vault is there already, and the secret `baked` in it. */
  readonly baked?: true;
  /** How `set` ends, and what it says. */
  readonly set?: readonly [status: number, said: RegExp];
  readonly get?: readonly [status: number, printed: string];
  /** Only in the long form. */
  readonly long?: true;
}

const home = (work: string): NodeJS.ProcessEnv => ({ HOME: `${work}/home` });
const readOnly = (path: string): string =>
  `mount --bind ${path} ${path}\nmount -o remount,ro,bind ${path}`;

const SCENES: Readonly<Record<string, Scene>> = {
  "no XDG_RUNTIME_DIR": { long: true },
  "an XDG_RUNTIME_DIR that is empty": {
    long: true,
    env: (work) => ({ ...home(work), XDG_RUNTIME_DIR: "" }),
  },
  "an XDG_RUNTIME_DIR that is not there": {
    env: (work) => ({ ...home(work), XDG_RUNTIME_DIR: "/nowhere/run" }),
  },
  "another's XDG_RUNTIME_DIR": {
    long: true,
    env: (work) => ({ ...home(work), XDG_RUNTIME_DIR: "/root" }),
  },
  "a read-only HOME without a vault": {
    scene: (work) => readOnly(`${work}/home`),
    set: [8, /\/run: EROFS\n.*\n.*next: set STRONGROOM_HOME/u],
    get: [6, ""],
  },
  "a read-only HOME with a vault": {
    baked: true,
    scene: (work) => readOnly(`${work}/home`),
    set: [16, /READ_ONLY/u],
    get: [0, "baked"],
  },
  "a read-only HOME with a vault, and another's folder where ours would be": {
    baked: true,
    env: (work) => ({ ...home(work), TMPDIR: `${work}/tmp` }),
    scene: (work) => `mkdir -m 1777 ${work}/tmp
      mkdir -m 777 ${work}/tmp/strongroom-${UID}
      ${readOnly(`${work}/home`)}`,
    set: [4, /belongs to user 0.*\n.*\n.*next: .*export TMPDIR=FOLDER/u],
    get: [4, ""],
  },
  "a read-only volume for a vault that was somebody's without flock": {
    baked: true,
    scene: (work) => `echo '{"pid":0}' >${work}/${VAULT}/.lock.000000000001
      chown ${UID} ${work}/${VAULT}/.lock.000000000001
      ${readOnly(`${work}/${VAULT}`)}`,
    set: [16, /READ_ONLY/u],
    get: [0, "baked"],
  },
  "a read-only volume for the vault": {
    long: true,
    baked: true,
    scene: (work) => readOnly(`${work}/${VAULT}`),
    set: [16, /READ_ONLY/u],
    get: [0, "baked"],
  },
  "no HOME, and a user whom the system does not know": {
    env: () => ({}),
    set: [2, /HOME is not set.*\n.*\n.*next: set HOME, or STRONGROOM_HOME/u],
    get: [2, ""],
  },
  "HOME=/, as docker gives it to such a user": {
    env: () => ({ HOME: "/" }),
    set: [8, /EACCES\n.*\n.*next: set STRONGROOM_HOME/u],
    get: [6, ""],
  },
  "no HOME, but a STRONGROOM_HOME": {
    long: true,
    env: (work) => ({ STRONGROOM_HOME: `${work}/home` }),
  },
  "no flock": { scene: () => lacking("flock") },
  "a flock that cannot be run": {
    long: true,
    scene: () => "mount --bind /dev/null /usr/bin/flock",
    set: [8, /flock cannot be run: EACCES/u],
    get: [6, ""],
  },
  "no /proc": { scene: () => "mount -t tmpfs none /proc" },
  "a read-only /tmp": {
    scene: (work) =>
      `mount --bind /tmp /tmp\nmount --bind ${work} ${work}\nmount -o remount,ro,bind /tmp`,
  },
  "a volume that is full": {
    scene: (work) => `mount -t tmpfs -o size=2m,uid=${UID},mode=700 none ${work}/home
      dd if=/dev/zero of=${work}/home/full bs=4k 2>/dev/null || true`,
    set: [16, /DISK_FULL/u],
    get: [16, ""],
  },
  "neither a shell nor any other program": {
    scene: () => lacking("sh", "dash", "bash", "flock", "ps"),
    env: (work) => ({ ...home(work), PATH: "" }),
  },
};

const shown = Object.entries(SCENES).filter(([, { long }]) => LONG || long !== true);
console.log(`scenes of containers: ${shown.length} of ${Object.keys(SCENES).length}`);

test.skipIf(noContainers !== "").for(shown)(
  `works, or says why it does not and starts nothing over and over: %s${noContainers}`,
  { timeout: LONG_MS },
  async ([title, { scene, env = home, baked, set, get = [0, "v"] }]) => {
    const [ends, said] = set ?? ([0, /^/u] as const);
    const work = workFor();
    const who: InContainer = { uid: UID, env: env(work) };
    if (baked === true) await bake(work, who);
    const container = await Container.start(scene?.(work));
    const stored = await container.cli(["set", "a"], { ...who, input: "v" });
    expect([stored.status, stored.stderr]).toEqual([ends, expect.stringMatching(said)]);
    const name = baked === true ? "baked" : "a";
    const got = await container.cli(["get", name], who);
    expect([got.status, got.stdout]).toEqual(get);
    console.log(`${title}: ${container.starts} daemons started, set ${ends}, get ${get[0]}`);
    // More than one when the first took longer than the two seconds that a claim stands for, or died.
    expect(container.starts).toBeLessThanOrEqual(3);
  },
);

test.skipIf(noContainers !== "")(
  `a runtime folder that vanishes with the login costs a few starts and no secret${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const work = workFor();
    const who = { uid: UID, env: { ...home(work), XDG_RUNTIME_DIR: `${work}/runtime` } };
    const container = await Container.start();
    await container.cli(["set", "a"], { ...who, input: "v" });
    const before = container.starts;
    const first = await statusOf(container, who);
    expect(first.endpoint).toContain("/runtime/");
    await container.run(["rm", "-r", `${work}/runtime`]);
    expect((await container.cli(["get", "a"], who)).stdout).toBe("v");
    const after = await statusOf(container, who);
    expect([after.pid, after.endpoint]).toEqual([first.pid, expect.stringContaining("/run/")]);
    console.log(`a runtime folder that vanishes: ${container.starts - before} daemons started`);
    expect(container.starts - before).toBeLessThanOrEqual(4);
  },
);

test.skipIf(noContainers !== "").for([
  ["the kernel's lock", ""],
  ["no flock", lacking("flock")],
])(
  `what a killed container left is not believed when the next has the same numbers: %s${noContainers}`,
  { timeout: 10 * LONG_MS },
  async ([how, scene]) => {
    const n = rounds(`containers restarted, ${how}`, 2, 20);
    const work = workFor();
    const who = { uid: UID, env: home(work) };
    const pids: number[] = [];
    let starts = 0;
    for (let round = 0; round < n; round += 1) {
      const container = await Container.start(scene);
      const stored = await container.cli(["set", `n${round}`], { ...who, input: "v" });
      expect([stored.status, round === 0 ? "" : stored.stderr]).toEqual([0, ""]);
      pids.push(recordOf(work).pid);
      starts += container.starts;
      await container.kill();
    }
    const container = await Container.start(scene);
    const { stdout } = await container.cli(["list", "--json"], who);
    expect((JSON.parse(stdout) as { secrets: unknown[] }).secrets).toHaveLength(n);
    console.log(`${n} restarts: ${starts} daemons, numbers ${[...new Set(pids)].join(", ")}`);
    expect(starts).toBeLessThanOrEqual(2 * n);
  },
);

test.skipIf(noContainers !== "")(
  `two containers that share a home have one daemon, and either stops it${noContainers}`,
  { timeout: LONG_MS },
  async () => {
    const work = workFor();
    const who = { uid: UID, env: home(work) };
    const [one, other] = [await Container.start(), await Container.start(lacking("flock"))];
    await one.cli(["set", "a"], { ...who, input: "1" });
    expect((await other.cli(["get", "a"], who)).stdout).toBe("1");
    expect((await other.cli(["set", "a"], { ...who, input: "2" })).status).toBe(0);
    expect((await one.cli(["get", "a"], who)).stdout).toBe("2");
    expect(other.starts).toBe(0);
    // There, its number is that of a process which has nothing to do with it.
    const { pid } = recordOf(work);
    const taking = `echo ${pid - 1} > /proc/sys/kernel/ns_last_pid; setpriv --reuid ${UID} sleep 1000 >/dev/null 2>&1 & wait -n`;
    void other.run(["bash", "-c", taking]);
    const isTaken = async (): Promise<boolean> =>
      (await other.run(["grep", "-q", "sleep", `/proc/${pid}/cmdline`])).status === 0;
    await until("the other process of that number", isTaken);
    const began = performance.now();
    const stopped = await other.cli(["daemon", "stop"], who);
    expect([stopped.status, stopped.stderr]).toEqual([0, "strongroom: stopped\n"]);
    expect(performance.now() - began).toBeLessThan(14_000);
    expect((await other.cli(["get", "a"], who)).stdout).toBe("2");
  },
);

test.skipIf(noContainers !== "").for([
  ["the kernel's lock decides", "", /another daemon has .*cannot be reached from here/u],
  ["no flock there", lacking("flock"), /may be in use by process \d+ of another container/u],
] as const)(
  `a container that sees the vault of another and not its socket is told so: %s${noContainers}`,
  { timeout: LONG_MS },
  async ([how, scene, said]) => {
    const work = workFor();
    const who = { uid: UID, env: home(work) };
    const one = await Container.start();
    await one.cli(["set", "a"], { ...who, input: "1" });
    const run = `${work}/home/.local/share/strongroom/run`;
    const hide = `mount -t tmpfs -o uid=${UID},gid=${UID},mode=700 none ${run}`;
    const other = await Container.start(`${hide}\n${scene}`);
    const before = one.starts;
    for (const args of [
      ["get", "a"],
      ["set", "a"],
      ["get", "a"],
    ]) {
      const { status, stderr } = await other.cli(args, { ...who, input: "2" });
      expect([status, stderr]).toEqual([8, expect.stringMatching(said)]);
    }
    expect((await one.cli(["get", "a"], who)).stdout).toBe("1");
    console.log(
      `${how}: ${other.starts} daemons started by 3 commands, ${one.starts - before} there`,
    );
    expect([one.starts - before, other.starts <= 3]).toEqual([0, true]);
  },
);

const UPPERS = [
  ["on one disk", (work: string) => `mkdir ${work}/upper\nmount --bind ${work}/upper /mnt`],
  ["in memory", () => "mount -t tmpfs none /mnt"],
] as const;
test.skipIf(noContainers !== "").for(UPPERS.slice(0, LONG ? 2 : 1))(
  `a vault that an image brings is written to in the container's own layer, %s${noContainers}`,
  { timeout: LONG_MS },
  async ([, upper]) => {
    const work = workFor();
    const who = { uid: UID, env: home(work) };
    await bake(work, who);
    const before = recordedNames(work);
    const container = await Container.start(overlaid(`${work}/home`, upper(work)));
    expect((await container.cli(["get", "baked"], who)).stdout).toBe("baked");
    expect((await container.cli(["set", "a"], { ...who, input: "v" })).status).toBe(0);
    const first = await statusOf(container, who);
    await container.run(["kill", "-HUP", `${first.pid}`]);
    await pause(300);
    expect((await statusOf(container, who)).pid).toBe(first.pid);
    expect((await container.cli(["verify"], who)).status).toBe(0);
    expect((await container.cli(["daemon", "restart"], who)).status).toBe(0);
    expect((await container.cli(["get", "a"], who)).stdout).toBe("v");
    expect(recordedNames(work)).toEqual(before);
  },
);

function workFor(): string {
  const work = worldFolder();
  for (const folder of ["home", "runtime"]) folderOf(join(work, folder), UID);
  return work;
}

/** A vault as an image brings it: made, and its daemon stopped. */
async function bake(work: string, who: InContainer): Promise<void> {
  const container = await Container.start();
  await container.cli(["set", "baked"], { ...who, input: "baked" });
  await container.cli(["daemon", "stop"], who);
  await container.kill();
  expect(recordedNames(work)).not.toContain("daemon.pid");
}

function recordOf(work: string): { readonly pid: number; readonly endpoint: string } {
  const text = readFileSync(join(work, VAULT, "daemon.pid"), "utf8");
  return JSON.parse(text) as { readonly pid: number; readonly endpoint: string };
}

function recordedNames(work: string): string[] {
  return readdirSync(join(work, VAULT)).toSorted();
}

async function statusOf(
  container: Container,
  who: InContainer,
): Promise<{ readonly pid: number; readonly endpoint: string }> {
  const { stdout } = await container.cli(["status", "--json"], who);
  return JSON.parse(stdout) as { readonly pid: number; readonly endpoint: string };
}
