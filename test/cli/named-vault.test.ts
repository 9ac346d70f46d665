import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forNamedVault, isNamed, namedHome, namedHomes } from "strongroom/src/named-vault.ts";
import { expect, it, onTestFinished } from "vitest";
import { throwaway } from "../support/connected.ts";
import { LAUNCHER } from "../support/secret-bus.ts";

it.each([
  ["create one with: strongroom init", "create one with: strongroom init --vault work"],
  ["strongroom list shows the names", "strongroom list --vault work shows the names"],
  [
    "strongroom oauth login NAME URL --force",
    "strongroom oauth --vault work login NAME URL --force",
  ],
  ["strongroom list --vault work", "strongroom list --vault work"],
  [
    "strongroom help run, strongroom restore-backup FILE",
    "strongroom help run, strongroom restore-backup --vault work FILE",
  ],
  ["strongroom keeps this", "strongroom keeps this"],
])("what is said goes on in the vault that was named: %s", (text, expected) => {
  expect(forNamedVault(text, ["list", "--vault", "work"])).toBe(expected);
  expect(forNamedVault(text, ["run", "--", "--vault", "work"])).toBe(text);
});

const temporary = (): string => {
  const home = mkdtempSync(join(tmpdir(), "named-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  return home;
};

it("what --vault names is the same from within a named vault, with a usual one or without", () => {
  const home = temporary();
  const env = { STRONGROOM_HOME: home };
  const within = { STRONGROOM_HOME: namedHome(["run", "--vault", "work"], env) ?? "" };
  const demandBeside = (): void => {
    for (const name of ["other", "work"]) {
      expect(namedHome(["list", "--vault", name], within)).toBe(join(home, "vaults", name));
    }
  };
  demandBeside();
  expect([isNamed(within), isNamed(env)]).toEqual([true, false]);
  mkdirSync(join(within.STRONGROOM_HOME, "vault"), { recursive: true });
  demandBeside();
  expect([...namedHomes(within)]).toEqual([["work", within.STRONGROOM_HOME]]);
  mkdirSync(join(home, "vault"));
  mkdirSync(join(within.STRONGROOM_HOME, "vaults"));
  demandBeside();
});

it("a home that was chosen in a folder of that name has the vaults that are in it", () => {
  const chosen = join(temporary(), "vaults", "work");
  mkdirSync(join(chosen, "vaults", "other"), { recursive: true });
  const env = { STRONGROOM_HOME: chosen };
  for (const name of ["other", "work"]) {
    expect(namedHome(["list", "--vault", name], env)).toBe(join(chosen, "vaults", name));
  }
  expect(isNamed(env)).toBe(false);
});

it(
  "a command within a named vault makes no other one than it names",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init", "--vault", "work"]);
    const cli = `"${process.execPath}" -- "${LAUNCHER}"`;
    const script = [
      "echo v | strongroom set q/q --vault work",
      "strongroom list --vault work",
      "strongroom init --vault other",
      "strongroom uninstall --secrets --yes",
    ].map((each) => each.replaceAll("strongroom", cli));
    const run = ["run", "--vault", "work", "--", "sh", "-c", script.join(" && ")];
    const { status, stderr, stdout } = await place.cli(run);
    const made = stderr.match(/(?<=created a vault in ).*/gu);
    expect([status, stdout, made]).toEqual([0, "q/q\n", [join(place.home, "vaults/other/vault")]]);
    const folder = join(place.home, "vaults");
    const left = ["other", "work", "work/vaults"].map((name) => existsSync(join(folder, name)));
    expect([...left, existsSync(join(folder, "work/vault"))]).toEqual([true, true, false, false]);
    await place.cli(["daemon", "stop", "--vault", "other"]);
  },
);

it("the command that a refusal prints mends it", { timeout: 60_000 }, async () => {
  const place = throwaway();
  await place.cli(["set", "a"], "usual");
  const next = async (...words: string[]): Promise<string[]> => {
    const { stderr } = await place.cli(words);
    return /strongroom ([\w -]+)\n/u.exec(stderr.split("next:")[1] ?? "")?.[1]?.split(" ") ?? [];
  };
  const init = await next("list", "--vault", "work");
  expect((await place.cli(init)).status).toBe(0);
  expect(existsSync(join(place.home, "vaults", "work", "vault", "vault.json"))).toBe(true);
  expect((await place.cli(["list", "--vault", "work"])).status).toBe(0);
  await place.cli(["set", "b", "--vault", "work"], "named");
  await place.cli(["lock", "--vault", "work"]);
  expect((await place.cli(await next("get", "b", "--vault", "work"))).status).toBe(0);
  expect((await place.cli(["get", "b", "--vault", "work"])).stdout).toBe("named");
  const { stdout } = await place.cli(["status", "--vault", "work"]);
  expect(stdout).toContain("→ strongroom recovery --vault work new\n");
  const { error } = JSON.parse(
    (await place.cli(["get", "none", "--vault", "work", "--json"])).stderr,
  ) as { error: { hint: string } };
  expect(error.hint).toContain("--vault work");
  await place.cli(["daemon", "stop", "--vault", "work"]);
});
