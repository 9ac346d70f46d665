import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { readText } from "strongroom/src/mcporter/text.ts";
import { ofFile } from "strongroom/src/oauth/file-hints.ts";
import { expect, it, onTestFinished } from "vitest";

it("a file that is none of mcporter's is refused with the command that was given it", () => {
  const folder = mkdtempSync(join(tmpdir(), "sr-hints-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [command, words] of [
    ["adopt", "strongroom oauth adopt NAME --from-mcporter FILE"],
    ["feed", "strongroom oauth feed --to-mcporter FILE"],
  ] as const) {
    for (const file of [folder, join(folder, "none")]) {
      let refused: unknown;
      try {
        readText(file);
      } catch (error) {
        refused = ofFile(error, file, command);
      }
      expect(refused).toMatchObject({ hint: expect.stringContaining(words) as string });
    }
    for (const code of ["CORRUPT", "DENIED", "TOO_LARGE", "UNSUPPORTED_FORMAT"] as const) {
      const refused = ofFile(new StrongroomError(code, "/f is", { hint: "-" }), "/f", command);
      expect(refused).toMatchObject({ code, hint: expect.stringContaining(words) as string });
    }
  }
  const other = new StrongroomError("INVALID", "name must", { hint: "-" });
  expect(ofFile(other, folder, "feed")).toBe(other);
});
