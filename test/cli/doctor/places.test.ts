import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { checkPlaces } from "strongroom/src/doctor/places.ts";
import { describe, expect, it, onTestFinished } from "vitest";

/** What the check of that name says about a home whose vault holds these files. */
function found(check: string, files: readonly string[]): unknown {
  const root = mkdtempSync(join(tmpdir(), "places-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  mkdirSync(home.vault, { mode: 0o700 });
  for (const file of files) writeFileSync(join(home.vault, file), "", { mode: 0o600 });
  return checkPlaces(home).find((finding) => finding.check === check);
}

const USUAL = [
  ".lock",
  "claim.0000000000000012",
  "daemon.pid",
  "journal.0000000000000012",
  "restored.json",
  "slots.json",
  "slots.previous.json",
  "snapshot.0000000000000012",
  "vault.json",
];

function withSlots(slots: readonly object[]): Home {
  const root = mkdtempSync(join(tmpdir(), "places-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  mkdirSync(home.vault, { mode: 0o700 });
  writeFileSync(join(home.vault, "vault.json"), "", { mode: 0o600 });
  const text = JSON.stringify({ body: { format: 1, vault: "0".repeat(32), slots }, mac: "" });
  writeFileSync(join(home.vault, "slots.json"), `${text}\n`, { mode: 0o600 });
  return home;
}

describe("the doctor, on a key file that is missing beside a vault,", () => {
  it.each([
    [["keyfile"], "problem", /^put it back from a copy; .*strongroom slot add keyfile$/u],
    [["keyfile", "recipient"], "problem", /strongroom unlock --identity FILE;/u],
    [["keyfile", "passphrase"], "note", /^strongroom slot list$/u],
    [["command"], "note", /^strongroom slot list$/u],
  ])("goes by its slots: %s", (types, verdict, hint) => {
    const home = withSlots(types.map((type) => ({ type })));
    const finding = checkPlaces(home).find(({ check }) => check === "keyfile");
    expect(finding).toMatchObject({ verdict, mend: expect.stringMatching(hint) as string });
  });
});

describe("the doctor, on a rekey", () => {
  it("names one that nobody has ended", () => {
    const of = (home: Home): unknown => checkPlaces(home).find(({ check }) => check === "rekey");
    expect(of(withSlots([{ type: "keyfile" }]))).toBeUndefined();
    expect(of(withSlots([{ type: "keyfile", next: "" }]))).toMatchObject({ verdict: "problem" });
  });
});

describe("the doctor, on the vault's folder", () => {
  it("has nothing to say of the files of a vault, an interrupted start's among them", () => {
    const files = [...USUAL, "claim.0000000000000013", "snapshot.0000000000000013.tmp"];
    expect(found("strangers", files)).toMatchObject({ verdict: "ok" });
    const locks = [".lock.000000000001", ".lock.tmp0123abcd", ".lock.db", ".lock.db-journal"];
    expect(found("strangers", [...USUAL, ...locks])).toMatchObject({ verdict: "ok" });
    expect(found("strangers", [...USUAL, "claim.0000000000000412"])).toMatchObject({
      verdict: "ok",
    });
  });

  it("lists what is not a vault's, and a claim too far above the rest to be one", () => {
    const files = [...USUAL, "notes.txt", "claim.0000000000000413"];
    expect(found("strangers", files)).toMatchObject({
      verdict: "note",
      message: expect.stringMatching(/ignored: claim\.0000000000000413, notes\.txt$/) as string,
    });
  });
});
