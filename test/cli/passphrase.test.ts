import { closeSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readPassphrase } from "strongroom/src/passphrase.ts";
import { afterAll, afterEach, describe, expect, it, vi } from "vitest";
import { Throwaway } from "../support/throwaway.ts";
import { atTerminal, noTerminal } from "../support/terminal.ts";

const place = new Throwaway();
const FILE = join(place.home, "passphrase");
const QUESTION = { fresh: false, command: "strongroom unlock --passphrase-file FILE" };
const VARIABLE = "STRONGROOM_PASSPHRASE_FILE";

afterEach(() => vi.unstubAllEnvs());
afterAll(() => place.remove());

function file(content: string | Uint8Array): string {
  writeFileSync(FILE, content);
  return FILE;
}

describe("a passphrase", () => {
  it.each([
    ["as it is", "correct horse", "correct horse"],
    ["without its last line feed", "correct horse\n", "correct horse"],
    ["without its last line end", "correct horse\r\n", "correct horse"],
    ["with all others", "\ncorrect\nhorse \n\n", "\ncorrect\nhorse \n"],
    ["in UTF-8, as long as it may be", "ſ".repeat(512), "ſ".repeat(512)],
  ])("comes from a file %s", async (_how, content, expected) => {
    expect(await readPassphrase({ "passphrase-file": file(content) }, QUESTION)).toBe(expected);
  });

  it("comes from a descriptor", async () => {
    const fd = openSync(file("correct horse\n"), "r");
    const given = { "passphrase-fd": String(fd) };
    expect(await readPassphrase(given, QUESTION)).toBe("correct horse");
    closeSync(fd);
    await expect(readPassphrase({ "passphrase-fd": "999999" }, QUESTION)).rejects.toMatchObject({
      code: "INVALID",
    });
    await expect(readPassphrase({ "passphrase-fd": "-1" }, QUESTION)).rejects.toMatchObject({
      code: "INVALID",
    });
  });

  it("comes from the file that the variable names, unless an option says another", async () => {
    vi.stubEnv(VARIABLE, file("from the variable\n"));
    expect(await readPassphrase({}, QUESTION)).toBe("from the variable");
    const other = join(place.home, "other");
    writeFileSync(other, "from the option");
    expect(await readPassphrase({ "passphrase-file": other }, QUESTION)).toBe("from the option");
  });

  it.each([
    ["it is empty", ""],
    ["it is one line feed", "\n"],
    ["it is too long", "x".repeat(1025)],
    ["it is no UTF-8", Buffer.from([0x61, 0xff])],
  ])("is refused without being said back when %s", async (_why, content) => {
    const refused = readPassphrase({ "passphrase-file": file(content) }, QUESTION);
    await expect(refused).rejects.toMatchObject({ code: "INVALID" });
  });

  it("is refused when the variable is set but empty, or names what cannot be read", async () => {
    vi.stubEnv(VARIABLE, "");
    await expect(readPassphrase({}, QUESTION)).rejects.toMatchObject({ code: "INVALID" });
    vi.stubEnv(VARIABLE, join(place.home, "none"));
    await expect(readPassphrase({}, QUESTION)).rejects.toMatchObject({
      code: "INVALID",
      message: expect.stringContaining("ENOENT") as string,
    });
    const both = { "passphrase-fd": "0", "passphrase-file": FILE };
    await expect(readPassphrase(both, QUESTION)).rejects.toMatchObject({ code: "INVALID" });
  });

  it.skipIf(noTerminal !== "")(
    `is asked for twice at a terminal when it is new, and never shown${noTerminal}`,
    async () => {
      await place.cli(["set", "a"], "1");
      const typed = { typed: "correct horse\r" };
      const { shown, status } = await atTerminal(place, "slot add passphrase", [
        { shown: "New passphrase (not shown): ", ...typed },
        { shown: "The same again: ", ...typed },
      ]);
      expect(status).toBe(0);
      expect(shown).toContain("that was tried");
      expect(shown).not.toContain("correct horse");
      const differs = await atTerminal(place, "slot add passphrase", [
        { shown: "New passphrase (not shown): ", ...typed },
        { shown: "The same again: ", typed: "another\r" },
      ]);
      expect(differs.status).toBe(3);
    },
  );
});
