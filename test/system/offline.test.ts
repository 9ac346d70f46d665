import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";
import { afterEach, describe, expect, it } from "vitest";
import { framePlaces } from "../support/journal-frames.ts";
import { connected, throwaway } from "../support/connected.ts";
import { readNotice, readVault } from "../support/independent-reader.ts";
import { ask, Daemons, get, set } from "../support/daemons.ts";

const daemons = new Daemons();
afterEach(() => daemons.clear());

async function filled(home: string): Promise<void> {
  const daemon = await daemons.started(home);
  for (const name of ["a", "b", "c"]) await set(home, name, `value of ${name}`);
  await ask(home, "vault/backup");
  await ask(home, "daemon/stop");
  await daemon.exited;
}

function backupOf(home: string): string {
  return join(home, "backups", readdirSync(join(home, "backups"))[0] ?? "");
}

describe("repair", () => {
  it("saves a vault that opens with a passphrase alone, once that is given", async () => {
    const place = throwaway();
    const [passphrase, to] = ["passphrase", "to"].map((name) => join(place.home, name));
    writeFileSync(passphrase ?? "", "correct horse\n");
    await place.cli(["set", "a"], "value of a");
    await place.cli(["slot", "add", "passphrase", "--passphrase-file", passphrase ?? ""]);
    await place.cli(["slot", "remove", "keyfile", "--yes"]);
    await place.cli(["daemon", "stop"]);
    const args = ["repair", "--to", to ?? ""];
    const locked = await place.cli(args);
    expect(locked.status).toBe(7);
    expect(locked.stderr).toContain("repair --to EMPTYDIR --passphrase-file FILE");
    writeFileSync(join(place.home, "wrong"), "other");
    const wrong = await place.cli([...args, "--passphrase-file", join(place.home, "wrong")]);
    expect(wrong.status).toBe(11);
    const saved = await place.cli([...args, "--passphrase-file", passphrase ?? "", "--json"]);
    expect(JSON.parse(saved.stdout)).toMatchObject({ secrets: 1, lost: [] });
    await daemons.started(to ?? "");
    expect(await get(to ?? "", "a")).toBe("value of a");
  });
});

describe("restore-backup", () => {
  it("makes a home of a backup, without a daemon, and leaves the old one alone", async () => {
    const root = daemons.folder();
    const [home, to] = [join(root, "home"), join(root, "to")];
    await filled(home);
    const before = readdirSync(root, { encoding: "utf8", recursive: true }).toSorted();
    const args = ["restore-backup", backupOf(home), "--to", to];
    const { status, said } = await daemons.start(home, { args }).exited;
    expect({ status, said }).toMatchObject({
      status: 0,
      said: expect.stringMatching(/3 secrets/u) as unknown,
    });
    expect(
      readdirSync(root, { encoding: "utf8", recursive: true })
        .filter((name) => !name.startsWith("to"))
        .toSorted(),
    ).toStrictEqual(before);
    await daemons.started(to);
    expect(await get(to, "b")).toBe("value of b");
    expect(readFileSync(join(to, "config/keyfile"))).not.toEqual(
      readFileSync(join(home, "config/keyfile")),
    );
  });

  it("makes one with a recovery key that a reader of the document's alone opens with it", async () => {
    const place = throwaway();
    const [key, copy, to] = ["key", "copy.age", "to"].map((name) => join(place.home, name));
    await place.cli(["set", "a"], "value of a");
    await place.cli(["recovery", "new", "--output", key ?? ""]);
    await place.cli(["backup", copy ?? ""]);
    const args = ["restore-backup", copy ?? "", "--to", to ?? "", "--identity", key ?? ""];
    expect(await place.cli(args)).toMatchObject({ status: 0 });
    const text = readFileSync(key ?? "", "utf8");
    const told = await readVault(to ?? "", text);
    expect(JSON.stringify(told)).toContain(Buffer.from("value of a").toString("base64"));
    expect(await readNotice(to ?? "", text)).toMatchObject({
      format: 1,
      revision: 1,
      time: expect.any(Number) as number,
    });
  });

  it("ends the API keys of the backup, whatever became of them since", async () => {
    const place = throwaway();
    const owner = await connected(place);
    await owner.set("a", "1");
    // From a rekey on the new vault would know the keys of the old one.
    await owner.call("vault/rekey", {});
    const terms = { allow: ["get:**"], noExpiry: true } as const;
    const made: string[] = [];
    for (const name of ["revoked", "kept"]) {
      made.push((await owner.change("key/create", { name, ...terms }, {})).token);
    }
    await owner.call("vault/backup", {});
    await owner.change("key/revoke", { key: "revoked" }, {});
    const to = join(place.home, "to");
    const args = ["restore-backup", backupOf(place.home), "--to", to];
    expect((await place.cli(args)).stderr).toContain("its API keys have ended");
    await daemons.started(to);
    const restored = await connect({ env: { ...place.env, STRONGROOM_HOME: to } });
    const { keys } = await restored.call("key/list", {});
    restored.close();
    expect(keys.map(({ name, state }) => [name, state])).toEqual([
      ["revoked", "revoked"],
      ["kept", "revoked"],
    ]);
    for (const STRONGROOM_API_KEY of made) {
      const env = { ...place.env, STRONGROOM_HOME: to, STRONGROOM_API_KEY };
      await expect(connect({ env })).rejects.toMatchObject({ code: "DENIED" });
    }
  });

  it("refuses a damaged backup and makes nothing of it", async () => {
    const root = daemons.folder();
    const [home, to] = [join(root, "home"), join(root, "to")];
    await filled(home);
    const backup = backupOf(home);
    writeFileSync(backup, readFileSync(backup).subarray(0, -1));
    const args = ["restore-backup", backup, "--to", to];
    const { status, said } = await daemons.start(home, { args }).exited;
    expect(status).toBe(11);
    expect(said).toContain(backup);
    expect(existsSync(to)).toBe(false);
  });
});

describe("repair", () => {
  it("saves what can be authenticated and lists what cannot", async () => {
    const root = daemons.folder();
    const [home, to] = [join(root, "home"), join(root, "to")];
    await filled(home);
    const journal = join(home, "vault/journal.0000000000000001");
    const bytes = readFileSync(journal);
    // The one that stored c; those behind it tell of the backup and the stop.
    const { to: end = 0 } = framePlaces(bytes)[2] ?? {};
    bytes.fill(0xff, end - 20, end).fill(0, end);
    writeFileSync(journal, bytes);
    const { status, said } = await daemons.start(home, { args: ["repair", "--to", to] }).exited;
    expect(status).toBe(15);
    expect(said).toMatch(/lost: .*journal\.0000000000000001/u);
    expect(said).toContain("2 secrets");
    await daemons.started(to);
    expect(await get(to, "b")).toBe("value of b");
    expect(await get(to, "c")).toBe("NOT_FOUND");
  });

  it("is refused while a daemon runs, into a folder that holds something, and without --to", async () => {
    const root = daemons.folder();
    const home = join(root, "home");
    await daemons.started(home);
    const to = join(root, "to");
    const busy = await daemons.start(home, { args: ["repair", "--to", to] }).exited;
    expect(busy.status).toBe(8);
    expect(busy.said).toContain("strongroom daemon stop");
    expect(existsSync(to)).toBe(false);
    mkdirSync(join(to, "something"), { recursive: true });
    expect((await daemons.start(home, { args: ["repair", "--to", to] }).exited).status).toBe(2);
    expect((await daemons.start(home, { args: ["repair"] }).exited).status).toBe(2);
  });
});

describe.each([
  ["repair", []],
  ["restore-backup", ["/nowhere/at/all.age"]],
])("%s on the command line", (verb, operands) => {
  it("says what went wrong as every verb does, and in JSON where that is asked for", async () => {
    const place = throwaway();
    const args = [verb, ...operands, "--to", join(place.home, "to")];
    const { status, stdout, stderr } = await place.cli(args);
    expect(stdout).toBe("");
    // On a slow machine it says first that it is at work.
    expect(stderr.replace(/^strongroom: .* so far\n/u, "")).toMatch(
      new RegExp(`^strongroomd: .*\n {2}code: [A-Z_]+ \\(exit ${status}\\)\n {2}next: .+\n$`),
    );
    const json = await place.cli([...args, "--json"]);
    expect({ status: json.status, stdout: json.stdout }).toEqual({ status, stdout: "" });
    expect(JSON.parse(json.stderr)).toMatchObject({ schema: 1, error: { code: "NOT_FOUND" } });
  });
});

describe("--json", () => {
  it("says in one line on stdout what became of it", async () => {
    const place = throwaway();
    await place.cli(["set", "a"], "1");
    const { stdout: backup } = await place.cli(["backup"]);
    const to = join(place.home, "to");
    const args = ["restore-backup", backup.trimEnd(), "--to", to, "--json"];
    const { status, stderr, stdout } = await place.cli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const restored = { revision: 1, time: expect.any(Number) as number };
    expect(JSON.parse(stdout)).toEqual({
      schema: 1,
      home: to,
      endedKeys: 0,
      secrets: 1,
      lost: [],
      restored,
    });
  });
});
