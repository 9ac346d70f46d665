import { execFileSync } from "node:child_process";
import { parse } from "dotenv";
import fc from "fast-check";
import { asDotenv, asShell } from "strongroom/src/exports/formats.ts";
import { describe, expect, it } from "vitest";
import type { SecretValue } from "@strongroom/client/protocol";

function secret(name: string, value: string): SecretValue {
  return { name, value, encoding: "utf8", version: 1, metadata: {}, updatedAt: 1 };
}

const text = fc.string({
  unit: fc.constantFrom(...Array.from("ab '\"`\\\n\r$#=é😀"), "${A}", "\\n"),
});

describe("an export", () => {
  it("makes no variable that decides what programs do", () => {
    for (const name of ["app/ld-preload", "app/strongroom/api-key", "app/path"]) {
      expect(() => asShell([secret(name, "x")], "app/")).toThrow(/decides what programs do/u);
      expect(() => asDotenv([secret(name, "x")], "app/")).toThrow(/decides what programs do/u);
      expect(asShell([secret(name, "x")], "")).toMatch(/^export APP_/u);
    }
  });

  it("is read by dotenv as it was, or refused", () => {
    let kept = 0;
    fc.assert(
      fc.property(text, (value) => {
        let written: string;
        try {
          written = asDotenv([secret("a", value), secret("z", "last")], "");
        } catch (error) {
          expect(String(error)).toContain("no .env file can say a");
          return;
        }
        kept += 1;
        expect(parse(written)).toEqual({ A: value, Z: "last" });
      }),
      { numRuns: 500 },
    );
    expect(kept).toBeGreaterThan(250);
  });

  it.skipIf(process.platform === "win32")("is read by a shell as it was", () => {
    const values = fc.sample(text, { numRuns: 50, seed: 1 });
    const written = asShell(
      values.map((value, at) => secret(`v/${at}`, value)),
      "v/",
    );
    const printed = values.map((_, at) => `printf '%s\\0' "$_${at}"`).join("\n");
    const shown = execFileSync("sh", ["-c", `${written}\n${printed}`]).toString();
    expect(shown.split("\0").slice(0, -1)).toEqual(values);
  });

  it("makes no two variables of one name, and none of bytes", () => {
    expect(() => asShell([secret("a-b", "1"), secret("a/b", "2")], "")).toThrow(
      "both a-b and a/b make A_B",
    );
    const bytes = { ...secret("a", "/w=="), encoding: "base64" } as const;
    expect(() => asDotenv([bytes], "")).toThrow("a is no text");
  });
});
