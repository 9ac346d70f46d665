import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { mcporter } from "../support/import-sources.ts";
import { CLI, finish, pause, rounds, until } from "../support/processes.ts";
import type { Throwaway } from "../support/throwaway.ts";

interface Entry {
  readonly tokens: { readonly [field: string]: unknown };
}

async function imported(): Promise<{
  place: Throwaway;
  file: string;
  entry: () => Entry;
  write: (refresh: string) => void;
}> {
  const place = throwaway();
  mkdirSync(join(place.home, "mcporter/refresh-locks"), { recursive: true });
  const file = join(place.home, "mcporter/credentials.json");
  const write = (refresh: string): void => {
    const whole = JSON.parse(JSON.stringify(mcporter(2))) as {
      entries: { [key: string]: { tokens: { refresh_token: string } } };
    };
    const [entry] = Object.values(whole.entries);
    if (entry !== undefined) entry.tokens.refresh_token = refresh;
    writeFileSync(file, JSON.stringify(whole));
  };
  write("refresh-first");
  chmodSync(file, 0o640);
  await place.cli(["import", "--from", "mcporter", file]);
  const entry = (): Entry =>
    Object.values(
      (JSON.parse(readFileSync(file, "utf8")) as { entries: { [key: string]: Entry } }).entries,
    )[0] as Entry;
  return { place, file, entry, write };
}

const held = async (place: Throwaway): Promise<string> =>
  (await place.cli(["oauth", "export-refresh", "mcp/notes"])).stdout;

test(
  "what is adopted from mcporter is gone there, and what it had last is what counts",
  { timeout: 60_000 },
  async () => {
    const { entry, file, place, write } = await imported();
    expect((await place.cli(["oauth", "adopt", "mcp/notes"])).status).toBe(2);
    const { __mcporter_generation: generation } = entry().tokens;
    write("refresh-second");
    const adopted = await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", file]);
    expect([adopted.status, adopted.stdout]).toEqual([0, ""]);
    expect(entry().tokens["refresh_token"]).toBeUndefined();
    expect(entry().tokens).toMatchObject({
      access_token: "access-of-mcporter",
      scope: "read write",
    });
    expect(entry().tokens["__mcporter_generation"]).not.toBe(generation);
    expect([statSync(file).mode & 0o777, existsSync(`${file}.lock`)]).toEqual([0o640, false]);
    expect(await held(place)).toBe("refresh-second");
    expect((await place.cli(["oauth", "list"])).stdout).not.toContain("shared");
    expect((await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", file])).status).toBe(
      0,
    );
    expect(await held(place)).toBe("refresh-second");
  },
);

test(
  "an mcporter that is refreshing is waited for, and its next token is taken",
  { timeout: 60_000 },
  async () => {
    const { entry, file, place, write } = await imported();
    const lock = join(place.home, "mcporter/refresh-locks/notes-0123.lock");
    const sleeper = spawn("sleep", ["60"]);
    writeFileSync(lock, `${sleeper.pid}\n${new Date().toISOString()}\n`);
    const adopting = spawn(
      process.execPath,
      [CLI, "oauth", "adopt", "mcp/notes", "--from-mcporter", file],
      { env: place.env, stdio: "pipe" },
    );
    const ended = finish(adopting);
    await until("the removal", () => entry().tokens["refresh_token"] === undefined);
    await pause(300);
    expect(adopting.exitCode).toBeNull();
    // It had read the old one before, and stores what the server gave for it.
    write("refresh-rotated");
    sleeper.kill("SIGKILL");
    expect((await ended).status).toBe(0);
    expect(entry().tokens["refresh_token"]).toBeUndefined();
    expect(await held(place)).toBe("refresh-rotated");
  },
);

test("an mcporter that holds its file is waited for", { timeout: 60_000 }, async () => {
  const { file, place } = await imported();
  writeFileSync(`${file}.lock`, `${process.pid}\nnow\n`);
  const adopting = finish(
    spawn(process.execPath, [CLI, "oauth", "adopt", "mcp/notes", "--from-mcporter", file], {
      env: place.env,
      stdio: "pipe",
    }),
  );
  await pause(600);
  expect(readFileSync(file, "utf8")).toContain("refresh-first");
  const { rmSync } = await import("node:fs");
  rmSync(`${file}.lock`);
  expect((await adopting).status).toBe(0);
  expect(readFileSync(file, "utf8")).not.toContain("refresh-first");
});

test(
  "a file that it did not come from is refused, and nothing is adopted",
  { timeout: 60_000 },
  async () => {
    const { file, place } = await imported();
    const other = join(place.home, "mcporter/other.json");
    const whole = JSON.parse(readFileSync(file, "utf8")) as { entries: { [key: string]: Entry } };
    const [[key = "", entry] = []] = Object.entries(whole.entries);
    for (const entries of [
      {},
      { elsewhere: { ...entry, serverName: "pictures" } },
      { [key]: { ...entry, clientInfo: { client_id: "of another profile" } } },
    ]) {
      writeFileSync(other, JSON.stringify({ ...whole, entries }));
      const refused = await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", other]);
      expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining(other)]);
    }
    const none = await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", "/no/file"]);
    expect([none.status, none.stderr]).toEqual([6, expect.stringContaining("/no/file")]);
    expect((await place.cli(["oauth", "list"])).stdout).toContain("shared");
    expect(readFileSync(file, "utf8")).toContain("refresh-first");
  },
);

test(
  "a folder from which mcporter would take its tokens again is named, and nothing is adopted",
  { timeout: 60_000 },
  async () => {
    const { file, place } = await imported();
    const folder = join(place.home, ".mcporter/notes");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "tokens.json"), "{}");
    const refused = await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", file]);
    expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining(folder)]);
    expect((await place.cli(["oauth", "list"])).stdout).toContain("shared");
    expect(readFileSync(file, "utf8")).toContain("refresh-first");
  },
);

test(
  "an old file takes nothing of a credential that is not shared",
  { timeout: 60_000 },
  async () => {
    const { file, place, write } = await imported();
    const adopt = ["oauth", "adopt", "mcp/notes", "--from-mcporter", file];
    expect((await place.cli(adopt)).status).toBe(0);
    write("refresh-of-a-later-sign-in");
    const refused = await place.cli(adopt);
    expect([refused.status, refused.stderr]).toEqual([5, expect.stringContaining(file)]);
    expect(await held(place)).toBe("refresh-first");
    expect(readFileSync(file, "utf8")).toContain("refresh-of-a-later-sign-in");
  },
);

test(
  "an adoption that is killed loses no token, and is gone on with",
  { timeout: 300_000 },
  async () => {
    const count = rounds("adoptions killed in the middle", 4, 60);
    for (let round = 0; round < count; round += 1) {
      const { entry, file, place } = await imported();
      const adopting = spawn(
        process.execPath,
        [CLI, "oauth", "adopt", "mcp/notes", "--from-mcporter", file],
        { env: place.env, stdio: "ignore" },
      );
      const closed = new Promise((resolve) => adopting.once("close", resolve));
      await pause(80 + ((round * 29) % 160));
      adopting.kill("SIGKILL");
      await closed;
      // One of the two has it, whatever happened; a lock that was left is removed by hand.
      const there = entry().tokens["refresh_token"];
      expect([there, await held(place)]).toContain("refresh-first");
      const { rmSync } = await import("node:fs");
      rmSync(`${file}.lock`, { force: true });
      expect(
        (await place.cli(["oauth", "adopt", "mcp/notes", "--from-mcporter", file])).status,
      ).toBe(0);
      expect(entry().tokens["refresh_token"]).toBeUndefined();
      expect(await held(place)).toBe("refresh-first");
      expect((await place.cli(["oauth", "list"])).stdout).not.toContain("shared");
    }
  },
);
