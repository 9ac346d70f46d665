import { formatApiToken } from "@strongroom/client/protocol";
import { told } from "@strongroom/daemon/src/audit/told.ts";
import { describe, expect, it } from "vitest";

describe("what a request is about, as it is recorded", () => {
  it("is what was asked for, as long as anything can be called so", () => {
    for (const name of ["", "a/b", "*".repeat(8), "é".repeat(512), "n".repeat(1024)]) {
      expect(told(name)).toBe(name);
    }
  });

  it("is cut where nothing can be called so, and never within a character", () => {
    for (const character of ["n", "é", "€", "😀"]) {
      const cut = told(character.repeat(500_000));
      expect(cut).toMatch(new RegExp(`^(?:${character})+…$`, "u"));
      expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(cut)).toBeGreaterThan(1016);
    }
  });

  it("of an API key that came in the place of a name is its id, wherever it stands", () => {
    const token = formatApiToken(Buffer.alloc(8, 3), Buffer.alloc(32, 5));
    const start = token.slice(0, 14);
    expect(told(token)).toBe(`${start}…`);
    expect(told(`get ${token} ${token}`)).toBe(`get ${start}… ${start}…`);
    const late = told(`${"n".repeat(1000)}${token}`);
    expect(late).not.toContain(token.slice(14, 24));
  });
});
