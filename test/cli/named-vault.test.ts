import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  forNamedVault,
  inNamedHome,
  isNamed,
  namedHome,
  namedHomes,
} from "strongroom/src/named-vault.ts";
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

it("a vault that is named from within another named one lies beside it", () => {
  const home = temporary();
  const within = { STRONGROOM_HOME: join(home, "vaults", "work") };
  mkdirSync(within.STRONGROOM_HOME, { recursive: true });
  // A home that somebody has chosen to lie in a folder of that name.
  expect(namedHome(["list", "--vault", "other"], within)).toBe(
    join(within.STRONGROOM_HOME, "vaults", "other"),
  );
  mkdirSync(join(home, "vault"));
  for (const name of ["other", "work"]) {
    expect(namedHome(["list", "--vault", name], within)).toBe(join(home, "vaults", name));
  }
  expect([...namedHomes(within)]).toEqual([["work", within.STRONGROOM_HOME]]);
});

it("what --vault names is the same from within a named vault, where there is no usual one", () => {
  const home = temporary();
  const work = namedHome(["run", "--vault", "work"], { STRONGROOM_HOME: home }) ?? "";
  const within = inNamedHome(work);
  for (const name of ["other", "work"]) {
    expect(namedHome(["list", "--vault", name], within)).toBe(join(home, "vaults", name));
  }
  expect([isNamed(within), isNamed({ STRONGROOM_HOME: home })]).toEqual([true, false]);
  // Another home that was chosen since is one of its own.
  const chosen = join(home, "elsewhere");
  expect(namedHome(["list", "--vault", "other"], { ...within, STRONGROOM_HOME: chosen })).toBe(
    join(chosen, "vaults", "other"),
  );
});

it("a vault that is in the place of its name is meant by it, unless one of that name is in it", () => {
  const env = { STRONGROOM_HOME: join(temporary(), "vaults", "work") };
  const named = (): string | undefined => namedHome(["list", "--vault", "work"], env);
  const below = join(env.STRONGROOM_HOME, "vaults", "work");
  expect(named()).toBe(below);
  mkdirSync(join(env.STRONGROOM_HOME, "vault"), { recursive: true });
  expect(named()).toBe(env.STRONGROOM_HOME);
  mkdirSync(join(below, "vault"), { recursive: true });
  expect(named()).toBe(below);
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
