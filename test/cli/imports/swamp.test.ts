import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readSwamp } from "strongroom/src/imports/swamp.ts";
import { expect, it } from "vitest";
import { swampRepository } from "../../support/import-sources.ts";
import { answers, SourceFiles, textsOf } from "../../support/source-files.ts";

const BY_KEY = "strongroom import --key-file FILE --from swamp PATH";

it("a folder that is no repository of swamp asks for no SSH key", async () => {
  const { folder } = new SourceFiles();
  const refusal = { code: "NOT_FOUND", hint: expect.not.stringContaining("key-file") as string };
  await expect(readSwamp(folder, answers(""))).rejects.toMatchObject(refusal);
  mkdirSync(join(folder, "sub"));
  writeFileSync(join(folder, "sub/file"), "x");
  await expect(readSwamp(folder, answers(""))).rejects.toMatchObject(refusal);
});

it("a vault of swamp that is reached by a link is named, and not followed", async () => {
  const { folder } = new SourceFiles();
  const elsewhere = swampRepository(join(folder, "other"), 2, { A: "sup3r" });
  const vaults = join(folder, "repo/.swamp/secrets/local_encryption");
  mkdirSync(vaults, { recursive: true });
  symlinkSync(elsewhere, join(vaults, "linked"));
  symlinkSync("/etc/hostname", join(vaults, "file"));
  const { items, remarks } = await readSwamp(join(folder, "repo"), answers(""));
  expect([items, remarks]).toEqual([[], [expect.stringMatching(/linked is a link/u)]]);
  expect(textsOf(await readSwamp(elsewhere, answers("")))).toEqual({ "main/A": "sup3r" });
});

it("another key of swamp names the option that gives the right one", async () => {
  const { folder } = new SourceFiles();
  const vault = swampRepository(folder, 2, { A: "sup3r", B: "second" });
  const keyFile = join(folder, "key");
  writeFileSync(keyFile, "another key");
  const other = readSwamp(folder, answers("", { keyFile }));
  await expect(other).rejects.toMatchObject({ code: "WRONG_KEY", hint: BY_KEY });
  writeFileSync(join(vault, "A.enc"), "{}");
  await expect(readSwamp(folder, answers(""))).rejects.toMatchObject({
    code: "CORRUPT",
    hint: expect.stringContaining("--skip-unreadable") as string,
  });
  const { items, leftOut } = await readSwamp(folder, answers("", { isSkipping: true }));
  expect(items.map(({ name }) => name)).toEqual(["main/B"]);
  expect(leftOut).toEqual([expect.stringMatching(/A\.enc.*left out$/u)]);
});
