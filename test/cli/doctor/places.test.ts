import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pinPath, resolveHome } from "@strongroom/client/protocol";
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

describe("the doctor, on a key file that is missing beside a vault,", () => {
  it.each([
    [false, "problem"],
    [true, "note"],
  ])("with another way in: %s", (pinned, verdict) => {
    const root = mkdtempSync(join(tmpdir(), "places-"));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const home = resolveHome({ STRONGROOM_HOME: root });
    for (const folder of [home.vault, home.state]) mkdirSync(folder, { mode: 0o700 });
    writeFileSync(join(home.vault, "vault.json"), "", { mode: 0o600 });
    if (pinned) writeFileSync(pinPath(home.state, realpathSync(home.vault)), "");
    const finding = checkPlaces(home).find(({ check }) => check === "keyfile");
    expect(finding).toMatchObject({ verdict });
  });
});

describe("the doctor, on the vault's folder", () => {
  it("has nothing to say of the files of a vault, an interrupted start's among them", () => {
    const files = [...USUAL, "claim.0000000000000013", "snapshot.0000000000000013.tmp"];
    expect(found("strangers", files)).toMatchObject({ verdict: "ok" });
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
