import { spawnSync } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { copyFolder } from "../support/copy-folder.ts";
import { throwaway } from "../support/connected.ts";
import { newIdentity } from "@strongroom/daemon/src/keys/age.ts";
import { keySocketOf, vaultIdentity } from "@strongroom/client/protocol";
import { isAlive } from "../support/alive.ts";
import { CLI, until } from "../support/processes.ts";

test("one rule more for a key takes none of the others away", { timeout: 60_000 }, async () => {
  const place = throwaway();
  for (const name of ["prod/db", "dev/db", "gh/admin"]) await place.cli(["set", name], "v");
  const made = await place.cli([
    "key",
    "create",
    "k",
    "--allow",
    "get:dev/**",
    "--deny",
    "get:prod/**",
    "--no-expiry",
  ]);
  const get = async (name: string): Promise<number | null> =>
    (
      await place.run("env", [
        `STRONGROOM_API_KEY=${made.stdout.trim()}`,
        process.execPath,
        CLI,
        "get",
        name,
      ])
    ).status;
  expect((await place.cli(["key", "update", "k", "--allow", "get:**"])).status).toBe(0);
  expect((await place.cli(["key", "update", "k", "--deny", "get:gh/admin"])).status).toBe(0);
  expect([await get("dev/db"), await get("prod/db"), await get("gh/admin")]).toEqual([0, 4, 4]);
  expect((await place.cli(["key", "update", "k", "--no-deny", "get:none"])).status).toBe(2);
  expect((await place.cli(["key", "update", "k", "--no-deny", "get:prod/**"])).status).toBe(0);
  expect([await get("prod/db"), await get("gh/admin")]).toEqual([0, 4]);
  expect((await place.cli(["key", "update", "k", "--no-allow", "get:**"])).status).toBe(0);
  expect([await get("dev/db"), await get("prod/db")]).toEqual([0, 4]);
});

test(
  "a key works where its socket is, and no folder of the vault",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    const made = await place.cli(["key", "create", "k", "--allow", "get:**", "--no-expiry"]);
    const socket = keySocketOf(place.record()?.endpoint ?? "");
    // As a sandbox sees it: another place, with that socket under the name that it has for it.
    const inside = join(place.home, "inside");
    mkdirSync(join(inside, "run"), { recursive: true, mode: 0o700 });
    const mounted = join(inside, "run", `${vaultIdentity(join(inside, "vault"))}.key.sock`);
    symlinkSync(socket, mounted);
    const as = (...args: string[]): ReturnType<typeof place.run> =>
      place.run("env", [
        `STRONGROOM_HOME=${inside}`,
        `STRONGROOM_API_KEY=${made.stdout.trim()}`,
        process.execPath,
        CLI,
        ...args,
      ]);
    const got = await as("get", "a");
    expect([got.status, got.stdout, got.stderr]).toEqual([0, "v", ""]);
    rmSync(mounted);
    const none = await as("get", "a");
    expect([none.status, none.stderr]).toEqual([6, expect.stringContaining(".key.sock")]);
    expect(none.stderr).not.toContain("strongroom init");
  },
);

test.skipIf(process.platform === "win32")(
  "a pipe for a credential is refused, and not waited for",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    const pipe = join(place.home, "pipe");
    expect(spawnSync("mkfifo", [pipe]).status).toBe(0);
    const ran = await place.run("timeout", [
      "20",
      "env",
      `STRONGROOM_API_KEY_FILE=${pipe}`,
      process.execPath,
      CLI,
      "get",
      "a",
    ]);
    expect([ran.status, ran.stdout]).toEqual([4, ""]);
  },
);

test(
  "a stranger's vault in the place of one with a key file is refused, whatever opens it",
  { timeout: 60_000 },
  async () => {
    const [place, stranger] = [throwaway(), throwaway()];
    await place.cli(["set", "a"], "mine");
    await place.cli(["daemon", "stop"]);
    const passphrase = join(stranger.home, "p");
    writeFileSync(passphrase, "of the stranger\n");
    await stranger.cli(["set", "a"], "theirs");
    await stranger.cli(["slot", "add", "passphrase", "--passphrase-file", passphrase]);
    await stranger.cli(["daemon", "stop"]);
    renameSync(join(place.home, "vault"), join(place.home, "vault.mine"));
    copyFolder(join(stranger.home, "vault"), join(place.home, "vault"));
    const opened = await place.cli(["unlock", "--passphrase-file", passphrase]);
    expect([opened.status, opened.stderr]).toEqual([11, expect.stringContaining("another vault")]);
    expect((await place.cli(["get", "a"])).stdout).toBe("");
    expect((await place.cli(["daemon", "stop"])).status).toBe(0);
    rmSync(join(place.home, "vault"), { recursive: true });
    renameSync(join(place.home, "vault.mine"), join(place.home, "vault"));
    expect((await place.cli(["get", "a"])).stdout).toBe("mine");
  },
);

test(
  "a link, a folder or a pipe in the place of an audit file is a broken record, and what is around it is shown",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    await place.cli(["daemon", "restart"]);
    await place.cli(["set", "b"], "v");
    await place.cli(["daemon", "stop"]);
    const [name = ""] = readdirSync(join(place.home, "vault")).filter((each) =>
      each.startsWith("audit."),
    );
    const file = join(place.home, "vault", name);
    renameSync(file, join(place.home, "kept"));
    for (const replace of [
      () => symlinkSync(join(place.home, "kept"), file),
      () => mkdirSync(file),
      () => spawnSync("mkfifo", [file]),
    ]) {
      replace();
      const verified = await place.cli(["audit", "verify"]);
      expect([verified.status, verified.stderr]).toEqual([
        11,
        expect.stringContaining(`${file}: audit record 1 is broken`),
      ]);
      const shown = await place.cli(["audit"]);
      expect([shown.status, shown.stdout]).toEqual([11, expect.stringMatching(/ set +b$/mu)]);
      expect((await place.cli(["doctor"])).status).toBe(15);
      await place.cli(["daemon", "stop"]);
      rmSync(file, { recursive: true });
    }
  },
);

test("the audit says which slot was added and removed", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["init"]);
  const passphrase = join(place.home, "p");
  writeFileSync(passphrase, "correct horse battery\n");
  await place.cli(["slot", "add", "passphrase", "--passphrase-file", passphrase]);
  await place.cli(["slot", "remove", "passphrase", "--yes"]);
  const { stdout } = await place.cli(["audit"]);
  expect(stdout).toMatch(/slot\/add +slot:[0-9a-f]{16} \(passphrase\)$/mu);
  expect(stdout).toMatch(/slot\/remove +slot:\S+$/mu);
});

test.skipIf(process.platform !== "linux")(
  "what a renewer's program leaves running ends with it, and its value has a limit",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const pid = join(place.home, "pid");
    const program = (name: string, text: string): string => {
      const path = join(place.home, name);
      writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
      return path;
    };
    const leaves = program("leaves", `sleep 300 > /dev/null 2>&1 & echo $! > ${pid}; echo value`);
    await place.cli(["renewer", "set", "a", "--every", "1h", "--", leaves]);
    expect((await place.cli(["get", "a"])).stdout).toBe("value");
    await until("the end of what it left", () => !isAlive(Number(readFileSync(pid, "utf8"))));
    const much = program("much", "head -c 1048578 /dev/zero | tr '\\\\0' x");
    await place.cli(["renewer", "set", "b", "--every", "1h", "--", much]);
    const refused = await place.cli(["get", "b"]);
    expect([refused.status, refused.stdout, refused.stderr]).toEqual([
      8,
      "",
      expect.stringContaining("too much"),
    ]);
  },
);

test(
  "a vault that opens by a program alone is opened by what the program prints, where nothing knows the program",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const folder = join(place.home, "programs");
    mkdirSync(folder, { mode: 0o700 });
    const program = join(folder, "prints");
    const identity = await newIdentity();
    writeFileSync(program, `#!/bin/sh\necho ${identity}\n`, { mode: 0o700 });
    await place.cli(["set", "a"], "v");
    expect((await place.cli(["slot", "add", "command", "--", program])).status).toBe(0);
    expect((await place.cli(["slot", "remove", "keyfile", "--yes"])).status).toBe(0);
    await place.cli(["daemon", "stop"]);
    for (const name of readdirSync(join(place.home, "state"))) {
      rmSync(join(place.home, "state", name), { recursive: true });
    }
    const refused = await place.cli(["get", "a"]);
    expect([refused.status, refused.stderr]).toEqual([4, expect.stringContaining(program)]);
    expect(refused.stderr).toContain("| strongroom unlock --identity -");
    expect((await place.cli(["unlock"])).stderr, "and not: it is stopping").toContain(program);
    const other = await place.cli(["unlock", "--identity", "-"], await newIdentity());
    expect(other.status).toBe(11);
    const unlocked = await place.cli(["unlock", "--identity", "-"], identity);
    expect([unlocked.status, unlocked.stderr]).toEqual([0, expect.stringContaining("as it is")]);
    expect((await place.cli(["get", "a"])).stdout).toBe("v");
    await place.cli(["daemon", "stop"]);
    expect((await place.cli(["get", "a"])).stdout, "the program is known from then on").toBe("v");
    await place.cli(["daemon", "stop"]);
    chmodSync(program, 0o722);
    const open = await place.cli(["get", "a"]);
    expect([open.status, open.stderr]).toEqual([4, expect.stringContaining(`go-w ${program}`)]);
    chmodSync(program, 0o700);
    expect((await place.cli(["unlock"])).status, "as that refusal says").toBe(0);
    expect((await place.cli(["get", "a"])).stdout).toBe("v");
    await place.cli(["daemon", "stop"]);
    const saved = join(place.home, "saved");
    const repaired = await place.cli(["repair", "--to", saved, "--identity", "-"], identity);
    expect([repaired.status, repaired.stderr]).toEqual([0, expect.stringContaining("1 secret")]);
  },
);

test(
  "damaged slots are told at the unlock that went round them, with the command that mends them",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "v");
    await place.cli(["daemon", "stop"]);
    const slots = join(place.home, "vault", "slots.json");
    truncateSync(slots, 100);
    const previous = join(place.home, "vault", "slots.previous.json");
    await place.cli(["lock"]);
    const unlocked = await place.cli(["unlock"]);
    expect([unlocked.status, unlocked.stderr]).toEqual([0, expect.stringContaining(previous)]);
    const doctor = await place.cli(["doctor"]);
    expect(doctor.stdout).toMatch(/problem +vault files +\S+slots\.json/);
    expect(doctor.stdout).toContain(`cp ${previous} ${slots}`);
    cpSync(previous, slots);
    expect((await place.cli(["verify"])).status).toBe(0);
  },
);
