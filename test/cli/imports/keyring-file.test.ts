import { execFileSync } from "node:child_process";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { readGogcli } from "strongroom/src/imports/gogcli.ts";
import { readKeyringFolder } from "strongroom/src/imports/keyring-file.ts";
import { expect, it } from "vitest";
import { jwe, jweOf } from "../../support/import-sources.ts";
import { answers, SourceFiles, textsOf } from "../../support/source-files.ts";

const SKIPPING = "strongroom import --skip-unreadable --from KIND PATH";

it("a folder of keys asks for its password when there is a key to open", async () => {
  const files = new SourceFiles();
  const nobody = answers("", { password: () => Promise.reject(new Error("it was asked")) });
  await expect(readGogcli(join(files.folder, "none"), nobody)).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect((await readKeyringFolder(files.folder, nobody)).items).toEqual([]);
  files.file("stranger", "no key");
  expect((await readKeyringFolder(files.folder, nobody)).remarks).toHaveLength(1);
  files.file("a", await jwe("a", "sup3r"));
  await expect(readKeyringFolder(files.folder, nobody)).rejects.toThrow("it was asked");
});

it.each([
  ["another password", (f: SourceFiles) => jwe("b", "hush", "other").then((t) => f.file("b", t))],
  ["a link", (f: SourceFiles) => symlinkSync("a", join(f.folder, "b"))],
  ["a pipe", (f: SourceFiles) => execFileSync("mkfifo", [join(f.folder, "b")])],
  ["damage", (f: SourceFiles) => f.file("b", "ey.x")],
] as const)("one file of a keyring with %s stops all, or is left out", async (_, spoil) => {
  const files = new SourceFiles();
  files.file("a", await jwe("a", "sup3r"));
  files.file("c", await jwe("c", "sup3r"));
  await spoil(files);
  await expect(readGogcli(files.folder, answers("pw"))).rejects.toMatchObject({
    hint: expect.stringContaining(SKIPPING) as string,
  });
  const found = await readGogcli(files.folder, answers("pw", { isSkipping: true }));
  expect(textsOf(found)).toEqual({ a: "sup3r", c: "sup3r" });
  expect(found.leftOut).toEqual([expect.stringMatching(/\/b\b.*: it is left out$/u)]);
});

it("a password that opens no key of a keyring is a wrong one, whatever is left out", async () => {
  const files = new SourceFiles();
  files.file("a", await jwe("a", "sup3r"));
  files.file("b", "ey.x");
  await expect(
    readKeyringFolder(files.folder, answers("other", { isSkipping: true })),
  ).rejects.toMatchObject({ code: "WRONG_KEY" });
});

it.each([
  [{ crit: ["zz"], zz: 1 }, "UNSUPPORTED_FORMAT"],
  [{ zip: "DEF" }, "UNSUPPORTED_FORMAT"],
])("a key whose header demands %j is not opened as if it did not", async (more, code) => {
  const files = new SourceFiles();
  const [header = "", ...parts] = (await jwe("a", "sup3r")).split(".");
  const fields = JSON.parse(Buffer.from(header, "base64url").toString()) as object;
  const changed = Buffer.from(JSON.stringify({ ...fields, ...more })).toString("base64url");
  files.file("a", [changed, ...parts].join("."));
  await expect(readKeyringFolder(files.folder, answers("pw"))).rejects.toMatchObject({ code });
});

it("a key whose Data is no base64 is damaged", async () => {
  const files = new SourceFiles();
  files.file("a", await jweOf({ Key: "a", Data: "!!!hush!!!" }));
  const reading = readKeyringFolder(files.folder, answers("pw"));
  await expect(reading).rejects.toMatchObject({ code: "CORRUPT" });
  await expect(reading).rejects.not.toThrow("hush");
});
