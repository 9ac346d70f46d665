import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { forNamedVault, namedHome, namedHomes } from "strongroom/src/named-vault.ts";
import { expect, it, onTestFinished } from "vitest";
import { throwaway } from "../support/connected.ts";

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

it("a vault that is named from within another named one lies beside it", () => {
  const home = mkdtempSync(join(tmpdir(), "named-"));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
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
