import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Account } from "strongroom/src/imports/mcporter-account.ts";
import { retire } from "strongroom/src/imports/mcporter-retire.ts";
import { expect, it, onTestFinished } from "vitest";

const BEFORE = `{"version": 2, "big": 12345678901234567890, "twice": 1, "twice": 2,
  "entries": {
    "notes|2": {"serverName":"notes", "x": 1.10, "clientInfo": {"client_id": "c"},
      "tokens": `;
const BEHIND = `, "updatedAt": 1e3 },
    "7": {"serverName": "seven", "n": [1.0,   -0], "tokens": {"refresh_token": "\\u0061"}},
    "1": {}
  } }`;
const TOKENS = '{"access_token": "a", "refresh_token": "r1", "refresh_token": "r2"}';

/** A file of a later mcporter, that no refresh has to be waited for. */
function place(content: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), "sr-retire-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "refresh-locks"));
  const file = join(folder, "credentials.json");
  writeFileSync(file, content);
  return file;
}

it("the refresh token alone goes out of mcporter's file, all else stays byte for byte", async () => {
  const file = place(BEFORE + TOKENS + BEHIND);
  const kept: Account[] = [];
  const keep = (account: Account): Promise<void> => Promise.resolve(void kept.push(account));
  expect(await retire(file, "mcp/notes", keep)).toBe(true);
  expect(kept.map(({ tokens }) => tokens?.refreshToken)).toEqual(["r2"]);
  const after = readFileSync(file, "utf8");
  expect(after.startsWith(BEFORE) && after.endsWith(BEHIND)).toBe(true);
  const tokens = after.slice(BEFORE.length, -BEHIND.length);
  expect(JSON.parse(tokens)).toEqual({
    access_token: "a",
    __mcporter_generation: expect.any(String) as string,
    __strongroom_fed: true,
  });
});

it("a file that is no text in UTF-8 is refused before its token is kept", async () => {
  const file = place(Buffer.from(`${BEFORE}${TOKENS}, "label": "\u00e9"${BEHIND}`, "latin1"));
  const before = readFileSync(file);
  const keep = (): Promise<void> => Promise.reject(new Error("it was kept"));
  await expect(retire(file, "mcp/notes", keep)).rejects.toMatchObject({ code: "CORRUPT" });
  expect(readFileSync(file)).toEqual(before);
});
