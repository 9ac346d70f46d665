import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { newRecoveryKey } from "strongroom/src/recovery/identity.ts";
import { wordsOf } from "strongroom/src/recovery/words.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connected, throwaway } from "../../support/connected.ts";
import { atTerminal, noTerminal } from "../../support/terminal.ts";
import { Throwaway } from "../../support/throwaway.ts";

const LINE = /AGE-SECRET-KEY-1[0-9A-Z]{58}/;

const place = new Throwaway();
let backups = 0;

beforeAll(async () => {
  expect(await place.cli(["set", "a"], "value of a")).toMatchObject({ status: 0 });
});
afterAll(() => place.remove());

async function slots(): Promise<number> {
  const { stdout } = await place.cli(["status", "--json"]);
  return (JSON.parse(stdout) as { readonly slots: number }).slots;
}

/** What becomes of a backup made now, with that key and in a home where nothing else is. */
async function restore(key: string, input = ""): Promise<unknown> {
  const elsewhere = throwaway();
  backups += 1;
  const file = join(elsewhere.home, `${backups}.age`);
  await place.cli(["backup", file]);
  const to = join(elsewhere.home, "to");
  const args = ["restore-backup", file, "--to", to, "--identity", key, "--json"];
  const { stdout, stderr } = await elsewhere.cli(args, input);
  return JSON.parse(stdout === "" ? stderr : stdout);
}

const WHOLE = { secrets: 1, lost: [] };

describe("recovery new --output FILE", () => {
  it("writes an age identity file that restores a backup, and says so in JSON", async () => {
    const before = await slots();
    const file = join(place.home, "first.txt");
    const args = ["recovery", "new", "--output", file, "--label", "safe", "--json"];
    const { status, stdout, stderr } = await place.cli(args);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const said = JSON.parse(stdout) as object;
    expect(said).toEqual({
      schema: 1,
      file,
      label: "safe",
      recipient: expect.stringMatching(/^age1/) as string,
      slot: expect.stringMatching(/^[0-9a-f]{16}$/) as string,
    });
    expect(readFileSync(file, "utf8")).toMatch(LINE);
    if (process.platform !== "win32") expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await slots()).toBe(before + 1);
    expect(await restore(file)).toMatchObject(WHOLE);
  });

  it("never writes over a file, and gives the vault no slot then", async () => {
    const before = await slots();
    const file = join(place.home, "mine.txt");
    writeFileSync(file, "mine");
    expect((await place.cli(["recovery", "new", "--output", file])).status).toBe(12);
    expect(readFileSync(file, "utf8")).toBe("mine");
    expect(await slots()).toBe(before);
  });
});

describe("recovery new", () => {
  it("shows no key where nobody looks, unless told to", async () => {
    const before = await slots();
    const { status, stdout, stderr } = await place.cli(["recovery", "new"]);
    expect({ status, stdout }).toEqual({ status: 9, stdout: "" });
    expect(stderr).toContain("next: strongroom recovery new --output FILE");
    expect(await slots()).toBe(before);
    const piped = await place.cli(["recovery", "new", "--output", "-"]);
    expect(await restore("-", piped.stdout)).toMatchObject(WHOLE);
    const json = await place.cli(["recovery", "new", "--output", "-", "--json"]);
    const { words } = JSON.parse(json.stdout) as { readonly words: readonly string[] };
    expect(await restore("-", words.join("\n"))).toMatchObject(WHOLE);
  });

  it.skipIf(noTerminal !== "")(`shows it at a terminal, and asks${noTerminal}`, async () => {
    const before = await slots();
    const asked = (typed: string): ReturnType<typeof atTerminal> =>
      atTerminal(place, "recovery new", [{ shown: "yes to go on: ", typed }]);
    expect(await asked("no\r")).toMatchObject({ status: 3 });
    expect(await slots()).toBe(before);
    const { status, shown } = await asked("yes\r");
    expect(status).toBe(0);
    expect(await slots()).toBe(before + 1);
    const [identity = ""] = LINE.exec(shown) ?? [];
    const words = shown
      .split("24 words")[1]
      ?.match(/(?<=\d )[a-z]+/g)
      ?.slice(0, 24);
    expect(words).toEqual(await wordsOf(identity));
    expect(shown).toMatch(/█ ▄▄▄▄▄ █/);
    expect(await restore("-", identity)).toMatchObject(WHOLE);
  });
});

it.skipIf(noTerminal !== "")(
  `a recovery key is typed unseen where restore-backup asks for it${noTerminal}`,
  async () => {
    const file = join(place.home, "recovery.txt");
    await place.cli(["recovery", "new", "--output", file]);
    const [identity = ""] = LINE.exec(readFileSync(file, "utf8")) ?? [];
    const { stdout: backup } = await place.cli(["backup"]);
    const to = join(place.home, "to");
    const command = `restore-backup '${backup.trimEnd()}' --to '${to}' --identity -`;
    const typed = `${(await wordsOf(identity)).join(" ")}\r`;
    const { shown, status } = await atTerminal(place, command, [{ shown: "(not shown): ", typed }]);
    expect(status).toBe(0);
    expect(shown).toContain("1 secret in");
    expect(shown).not.toContain(typed.slice(0, 20));
  },
);

it("a key that is not that of the backup, or none at all, restores nothing", async () => {
  const refusal = (code: string): object => ({ error: { code } });
  const other = await newRecoveryKey();
  expect(await restore("-", other.identity)).toMatchObject(refusal("WRONG_KEY"));
  expect(await restore("-", "no key")).toMatchObject(refusal("INVALID"));
  expect(await restore("/nowhere/key")).toMatchObject(refusal("INVALID"));
});

it("leaves no key behind that the vault refused", async () => {
  const client = await connected(place);
  for (let count = await slots(); count < 16; count += 1) {
    const { recipient } = await newRecoveryKey();
    await client.call("slot/add", { type: "recipient", recipient });
  }
  const file = join(place.home, "refused.txt");
  const { status, stderr } = await place.cli(["recovery", "new", "--output", file]);
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/does not know this key.*\n.*at most 16 slots/) as string,
  });
  expect(existsSync(file)).toBe(false);
});
