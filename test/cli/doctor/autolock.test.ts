import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import { checkAutolock } from "strongroom/src/doctor/autolock.ts";
import { describe, expect, it, onTestFinished } from "vitest";

/** What is said of a home in which that text is the choice. */
function said(text: string | undefined): readonly (readonly string[])[] {
  const root = mkdtempSync(join(tmpdir(), "autolock-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = resolveHome({ STRONGROOM_HOME: root });
  mkdirSync(home.state);
  if (text !== undefined) writeFileSync(join(home.state, "autolock.json"), text);
  return checkAutolock({ home }).map(({ message, verdict }) => [verdict, message]);
}

describe("the doctor says of when the vault locks itself", () => {
  it("what was chosen", () => {
    expect(said(undefined)).toEqual([["ok", "the vault does not lock itself"]]);
    expect(said('{"idleMs":900000}\n')).toEqual([["ok", '{"idleMs":900000}']]);
    expect(said("{}\n")).toEqual([["ok", "it was chosen that the vault does not lock itself"]]);
  });

  it("that a choice which this release does not understand counts for nothing", () => {
    for (const text of ['{"idleMs":900000,"atNight":true}', '{"idleMs":', '{"idleMs":"1m"}']) {
      const [finding] = said(text);
      expect(finding).toEqual([
        "problem",
        expect.stringContaining("damaged, or of a later release"),
      ]);
    }
  });
});
