import { createHash } from "node:crypto";
import { spawn } from "node:child_process";
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkoutOf, EARLIER, isKnown } from "../support/earlier.ts";
import { copyGolden, FORMATS, readGolden } from "../support/golden.ts";
import { Installation } from "../support/installation.ts";
import { cli, discard, environment, finish, LONG, temporaryHome } from "../support/processes.ts";
import type { Ended } from "../support/processes.ts";

const LONG_MS = 300_000;
/** The last byte of the format in a header, which stands behind eight bytes that say what it is. */
const FORMAT_BYTE = 11;
const formats = readdirSync(FORMATS, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => Number(name));

/** A home with the golden vault of a format. */
function golden(format: number, variant?: string): string {
  const home = dirname(copyGolden(format, variant).vault);
  onTestFinished(() => discard(home));
  return home;
}

/** Every file of the vault but those that say who serves it, by its content. */
function hashes(home: string): Readonly<Record<string, string>> {
  const vault = join(home, "vault");
  const names = readdirSync(vault).filter((name) => !/^(?:\.lock|daemon\.pid)/u.test(name));
  return Object.fromEntries(
    names.toSorted().map((name) => [
      name,
      createHash("sha256")
        .update(readFileSync(join(vault, name)))
        .digest("hex"),
    ]),
  );
}

const variants = LONG ? (["whole", "torn"] as const) : (["torn"] as const);
test.each(formats.flatMap((format) => variants.map((variant) => [format, variant] as const)))(
  "the golden vault of format %d, %s, is used by the programs of today",
  { timeout: LONG_MS },
  async (format, variant) => {
    const home = golden(format, variant === "whole" ? undefined : variant);
    const { told } = readGolden(format);
    let shown = 0;
    const status = await cli(home, ["status"]);
    expect(status.status).toBe(8);
    for (const [name, { current }] of Object.entries(told.secrets)) {
      const { kind, metadata, value = "" } = current;
      if (kind === "deleted" || value.startsWith("sha256") || name.startsWith("-")) continue;
      if (metadata?.["expiresAt"] !== undefined) continue;
      if (!LONG && (shown += 1) > 1) continue;
      const got = await cli(home, ["get", name]);
      expect([name, got.status, Buffer.from(got.stdout).toString("base64")]).toEqual([
        name,
        0,
        Buffer.from(Buffer.from(value, "base64").toString()).toString("base64"),
      ]);
    }
    expect((await cli(home, ["set", "new"], "v")).status).toBe(0);
    for (const verb of ["verify", "backup", "list", "doctor", "status"]) {
      const ran = await cli(home, [verb]);
      expect([verb, ran.status]).toEqual([verb, verb === "doctor" ? ran.status : 0]);
    }
    expect((await cli(home, ["daemon", "restart"])).status).toBe(0);
    expect((await cli(home, ["get", "new"])).stdout).toBe("v");
    expect(JSON.parse(readFileSync(join(home, "vault/vault.json"), "utf8"))).toMatchObject({
      format,
    });
  },
);

test(
  "a vault of a later format is refused with exit 17, and no byte of it is changed",
  { timeout: LONG_MS },
  async () => {
    const later = [
      (vault: string) =>
        edit(join(vault, "vault.json"), (text) => text.replace(/"format":\d+/u, '"format":99')),
      (vault: string) => raise(vault, /^snapshot\./u),
      (vault: string) => raise(vault, /^journal\./u),
    ];
    console.log(`files of a later format: ${LONG ? 3 : 1} of 3`);
    for (const change of LONG ? later : later.slice(1, 2)) {
      const home = golden(Math.max(...formats));
      change(join(home, "vault"));
      const before = hashes(home);
      for (const args of [
        ["get", "batch/a"],
        ["set", "x"],
        ["daemon", "start"],
      ]) {
        const ran = await cli(home, args, "v");
        expect([ran.status, ran.stderr]).toEqual([
          17,
          expect.stringContaining("UNSUPPORTED_FORMAT"),
        ]);
      }
      expect(hashes(home)).toEqual(before);
      await discard(home);
    }
  },
);

const earlier = Object.entries(EARLIER).map(
  ([what, { commit, greets }]) => [what, commit, greets] as const,
);
const why = LONG ? "" : " (only in the long form)";
const unknown = earlier.filter(([, commit]) => !isKnown(commit));
if (LONG && unknown.length > 0) {
  console.log(`skipped, for this clone has no such history: ${unknown.join("; ")}`);
}

test.skipIf(!LONG).for(earlier.filter(([, commit]) => isKnown(commit)))(
  `works with the release of %s (%s), either way, and its vaults, either way${why}`,
  { timeout: 2 * LONG_MS },
  async ([what, commit, greets]) => {
    const folder = temporaryHome();
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const old = new Installation(folder, undefined, checkoutOf(commit));
    const home = temporaryHome();
    onTestFinished(() => discard(home));
    const before = (args: string[], input = ""): Promise<Ended> => {
      const env = environment(home);
      return finish(
        spawn(process.execPath, ["--", old.cli, ...args], { env, stdio: "pipe" }),
        input,
      );
    };
    const told: string[] = [];
    const step = async (title: string, ran: Promise<Ended>, printed?: string): Promise<void> => {
      const { status, stderr, stdout } = await ran;
      told.push(`${title}: ${status}`);
      expect([title, status, status === 0 ? "" : stderr]).toEqual([title, 0, ""]);
      if (printed !== undefined) expect([title, stdout]).toEqual([title, printed]);
    };
    await step("old set", before(["set", "old"], "1"));
    await step("new client, old daemon: get", cli(home, ["get", "old"]), "1");
    if (greets) {
      await step("new client, old daemon: set", cli(home, ["set", "new"], "2"));
      await step("new client, old daemon: status", cli(home, ["status"]));
      await step("new daemon restart", cli(home, ["daemon", "restart"]));
    } else {
      await step("old stop", before(["daemon", "stop"]));
      await step("new daemon: set", cli(home, ["set", "new"], "2"));
    }
    await step("old client, new daemon: get", before(["get", "new"]), "2");
    await step("old client, new daemon: set", before(["set", "old"], "3"));
    await step("old client, new daemon: list", before(["list"]));
    await step("new key", cli(home, ["key", "create", "k", "--allow", "get:**", "--no-expiry"]));
    await step("new generate", cli(home, ["generate", "20", "--save", "made"]));
    await step("new stop", cli(home, ["daemon", "stop"]));
    const vault = hashes(home);
    const back = await before(["get", "old"]);
    told.push(`downgrade: ${back.status}`);
    if (back.status === 0) expect(back.stdout).toBe("3");
    else {
      expect([11, 17]).toContain(back.status);
      expect(hashes(home)).toEqual(vault);
    }
    await before(["daemon", "stop"]);
    await cli(home, ["daemon", "stop"]);
    await step("new again", cli(home, ["get", "old"]), "3");
    console.log(`${what} (${commit}): ${told.join(", ")}`);
  },
);

function edit(path: string, change: (text: string) => string): void {
  writeFileSync(path, change(readFileSync(path, "utf8")));
}

function raise(vault: string, pattern: RegExp): void {
  const name = readdirSync(vault).find((each) => pattern.test(each)) ?? "";
  const bytes = readFileSync(join(vault, name));
  bytes[FORMAT_BYTE] = 99;
  writeFileSync(join(vault, name), bytes);
}
