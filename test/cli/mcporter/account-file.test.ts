import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { OAuthAccess, OAuthEntry } from "@strongroom/client/protocol";
import { settle } from "strongroom/src/mcporter/account-file.ts";
import { describe, expect, it, onTestFinished } from "vitest";

const EXPIRES_AT = 4_000_000_000_500;

/** A file as mcporter has it, with what no parser would write so. */
function text(tokens: string, others = ""): string {
  return `{
  "version": 2,
  "entries": {
    "pictures|0123456789abcdef": {"serverName":"pictures", "n": 1.0, "big": 12345678901234567890,
      "tokens": {"access_token": "\\u0061", "token_type": "Bearer"}, "x": [1,   2]},
    "notes|fedcba9876543210": {
      "serverName": "notes",
      "unknown": { "updatedAt": 1, "tokens": {}, "deep": 1e0 },
      "tokens": ${tokens},
      "clientInfo": { "client_id": "client" },
      "updatedAt": "2026-01-01T00:00:00Z",
      "strongroom": { "issuer": "https://as.example", "tokenEndpoint": "https://as.example/token" }
    }${others}
  },
  "serverUrls": { "a": "b" }
}
`;
}

const PLAIN = '{ "access_token": "old", "token_type": "bearer", "x": 7, "expiresAt": 1 }';
const FED = '{ "access_token": "old", "token_type": "bearer", "__strongroom_fed": true }';
const OWN = '{ "access_token": "old", "token_type": "bearer", "refresh_token": "its-own" }';

function place(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), "sr-mcporter-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "credentials.json");
  writeFileSync(file, content, { mode: 0o644 });
  return file;
}

function entry(name: string, more: Partial<OAuthEntry> = {}): OAuthEntry {
  return {
    name,
    state: "ok",
    issuer: "https://as.example",
    tokenEndpoint: "https://as.example/token",
    clientId: "client",
    clientAuth: "none",
    scopes: [],
    generation: 1,
    updatedAt: 1,
    refreshable: true,
    ...more,
  };
}

async function given(
  file: string,
  credentials: readonly OAuthEntry[],
): Promise<{ readonly [name: string]: string }> {
  const tokens = new Map(
    credentials.map(({ name }): [string, OAuthAccess] => [
      name,
      {
        name,
        accessToken: `access of ${name}`,
        tokenType: "bearer",
        expiresAt: EXPIRES_AT,
        scopes: ["read", "write"],
        generation: 1,
      },
    ]),
  );
  return Object.fromEntries(await settle(file, { credentials, tokens }));
}

describe("settle", () => {
  it("writes token, expiry and a new generation, and leaves each other byte as it is", async () => {
    const file = place(text(PLAIN));
    expect(await given(file, [entry("mcp/notes")])).toEqual({ "mcp/notes": "ours" });
    const after = readFileSync(file, "utf8");
    const entries = (
      JSON.parse(after) as { entries: { [key: string]: { [key: string]: unknown } } }
    ).entries;
    const { tokens, updatedAt } = entries["notes|fedcba9876543210"] ?? {};
    expect(tokens).toEqual({
      access_token: "access of mcp/notes",
      token_type: "bearer",
      x: 7,
      scope: "read write",
      expires_in: expect.any(Number) as number,
      expires_at: 4_000_000_000,
      expiresAt: 4_000_000_000,
      __mcporter_generation: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      __strongroom_fed: true,
    });
    const lines = JSON.stringify(tokens, undefined, 2).replaceAll("\n", "\n      ");
    const wanted = text(lines).replace("2026-01-01T00:00:00Z", String(updatedAt));
    expect(after).toBe(wanted);
    expect(Date.parse(String(updatedAt))).toBeGreaterThan(Date.parse("2026-01-02"));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(join(file, ".."))).toEqual(["credentials.json"]);
  });

  it("writes nothing where the file has that token", async () => {
    const file = place(text(PLAIN));
    await given(file, [entry("mcp/notes")]);
    const { ino } = statSync(file);
    await given(file, [entry("mcp/notes")]);
    expect(statSync(file).ino).toBe(ino);
  });

  it.each([
    ["with a refresh token of its own", OWN, [entry("mcp/notes")], "own"],
    ["of another client", PLAIN, [entry("mcp/notes", { clientId: "another" })], "other"],
    [
      "of another server",
      PLAIN,
      [entry("mcp/notes", { tokenEndpoint: "https://other.example/token" })],
      "other",
    ],
    ["that two are for", PLAIN, [entry("a/mcp/notes"), entry("b/mcp/notes")], "claimed"],
    ["that is not there", PLAIN, [entry("mcp/calendar"), entry("notes")], "absent"],
  ])("leaves an account %s as it is", async (_, tokens, credentials, standing) => {
    const file = place(text(tokens));
    expect(Object.values(await given(file, credentials))).toEqual(credentials.map(() => standing));
    expect(readFileSync(file, "utf8")).toBe(text(tokens));
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it.each([
    ["has forgotten its client", {}, PLAIN, "ours"],
    ["has registered another client", { clientInfo: { client_id: "next" } }, FED, "ours"],
    ["has signed in with another client", { clientInfo: { client_id: "next" } }, PLAIN, "other"],
    ["has signed in anew", { clientInfo: { client_id: "next" } }, OWN, "own"],
    ["has tokens of another issuer", { issuer: "https://x.example" }, PLAIN, "other"],
    ["knows the URL alone", { issuer: undefined }, PLAIN, "ours"],
    ["is at another URL", { issuer: undefined, url: "https://x.example/mcp" }, PLAIN, "other"],
    ["has no tokens any more", {}, "{}", "absent"],
  ])("says of a published mcporter's account that %s what it is", async (_, more, tokens, word) => {
    const { clientInfo, issuer, url } = {
      clientInfo: undefined,
      issuer: "https://as.example",
      url: "https://mcp.example/mcp",
      ...more,
    };
    const known = JSON.parse(tokens) as object;
    const entries = {
      "notes|0": {
        serverName: "notes",
        serverUrl: url,
        clientInfo,
        ...(tokens === "{}" ? {} : { tokens: { ...known, issuer } }),
      },
    };
    const file = place(JSON.stringify({ version: 1, entries }));
    const credential = entry("mcp/notes", { resource: "https://mcp.example/" });
    expect(await given(file, [credential])).toEqual({ "mcp/notes": word });
    const isGiven = readFileSync(file, "utf8").includes("access of mcp/notes");
    expect(isGiven).toBe(word === "ours");
  });

  it("gives one that was imported below a prefix its token, unless the name itself is there", async () => {
    const file = place(text(PLAIN));
    expect(await given(file, [entry("work/mcp/notes")])).toEqual({ "work/mcp/notes": "ours" });
    expect(readFileSync(file, "utf8")).toContain('"access of work/mcp/notes"');
    const both = await given(file, [entry("mcp/notes"), entry("work/mcp/notes")]);
    expect(both).toEqual({ "mcp/notes": "ours", "work/mcp/notes": "absent" });
    expect(readFileSync(file, "utf8")).toContain('"access of mcp/notes"');
  });

  it("waits while mcporter holds the file, and no longer when it is interrupted", async () => {
    const file = place(text(PLAIN));
    writeFileSync(`${file}.lock`, `${process.pid}\n`);
    const stop = new AbortController();
    const nothing = { credentials: [], tokens: new Map() };
    const interrupted = expect(settle(file, nothing, stop.signal)).rejects.toThrow("abort");
    const giving = given(file, [entry("mcp/notes")]);
    await pause(100);
    expect(readFileSync(file, "utf8")).toBe(text(PLAIN));
    stop.abort();
    await interrupted;
    rmSync(`${file}.lock`);
    await giving;
    expect(readFileSync(file, "utf8")).toContain('"access of mcp/notes"');
  });

  it.each([
    ["damaged", text(PLAIN).slice(0, -3), "CORRUPT"],
    ["empty", "", "CORRUPT"],
    [
      "of a later version",
      text(PLAIN).replace('"version": 2', '"version": 3'),
      "UNSUPPORTED_FORMAT",
    ],
    [
      "with bytes that are no text",
      Buffer.from(text(PLAIN).replace("serverUrls", "serverUrls\xff"), "latin1"),
      "CORRUPT",
    ],
  ])("refuses a file that is %s, names it, and does not touch it", async (_, content, code) => {
    const file = place("");
    writeFileSync(file, content);
    const refused = given(file, [entry("mcp/notes")]);
    await expect(refused).rejects.toMatchObject({
      code,
      message: expect.stringContaining(file) as string,
    });
    expect(readFileSync(file)).toEqual(Buffer.from(content));
  });
});
