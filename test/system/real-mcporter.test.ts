import { spawn } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { describe, expect, onTestFinished, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { startMcpServer } from "../support/oauth/mcp-server.ts";
import type { McpServer } from "../support/oauth/mcp-server.ts";
import { startRigProcess } from "../support/oauth/rig-handle.ts";
import type { Rig } from "../support/oauth/rig.ts";
import { CLI, rounds, until } from "../support/processes.ts";
import { RealMcporter, WHY_NO_MCPORTER } from "../support/real-mcporter.ts";
import type { Throwaway } from "../support/throwaway.ts";

/** Shorter than the minute before its end at which mcporter refreshes: it does at each call. */
const TOKEN_SECONDS = 8;

interface Scene {
  readonly place: Throwaway;
  readonly rig: Rig;
  readonly mcp: McpServer;
  readonly mcporter: RealMcporter;
}

/** A server and an mcporter that has signed in there, by each of some names, but not of others. */
async function scene(
  names: readonly string[],
  {
    configured = {},
    others = [],
    seconds = TOKEN_SECONDS,
  }: { configured?: object; others?: readonly string[]; seconds?: number } = {},
): Promise<Scene> {
  const place = throwaway();
  const rig = await startRigProcess({ accessTokenSeconds: seconds });
  onTestFinished(() => rig.close());
  const mcp = await startMcpServer(rig.issuer);
  onTestFinished(() => mcp.close());
  const servers = [...names, ...others].map((name) => [name, { url: mcp.url, ...configured }]);
  const mcporter = new RealMcporter(place.home, Object.fromEntries(servers) as object as never);
  for (const name of names) await mcporter.signIn(name);
  return { place, rig, mcp, mcporter };
}

async function cli(place: Throwaway, ...args: readonly string[]): Promise<string> {
  const { status, stderr, stdout } = await place.cli(args);
  if (status !== 0) console.log(stderr);
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) as string });
  return stdout;
}

const importing = (file: string): readonly string[] => ["import", "--from", "mcporter", file];

/** `oauth feed` as a process that runs until the test ends. */
async function fed({ mcporter, place }: Scene, pattern = "mcp/**"): Promise<{ said(): string }> {
  const args = ["oauth", "feed", pattern, "--to-mcporter", mcporter.file];
  const child = spawn(process.execPath, [CLI, ...args], { env: place.env, stdio: "pipe" });
  onTestFinished(async () => {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "close");
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  await until("the first writing", () => {
    if (child.exitCode !== null) throw new Error(said);
    return said.includes("kept fresh in");
  });
  return { said: () => said };
}

describe.skipIf(WHY_NO_MCPORTER !== "")(`mcporter itself${WHY_NO_MCPORTER}`, () => {
  test(
    "and the vault want tokens at once: none is redeemed twice, and each call has one that is taken",
    { timeout: 900_000 },
    async () => {
      const wanted = rounds("refreshes of accounts that mcporter itself uses", 4, 100);
      const names = ["alice", "bob", "carol"];
      const all = await scene(names);
      const { mcp, mcporter, place, rig } = all;
      await connected(place);
      for (const name of names) expect(await mcporter.call(name)).toMatchObject({ status: 0 });
      // It does redeem: there is something to be kept from it.
      expect((await rig.counts()).redemptions).toBeGreaterThanOrEqual(names.length);
      await cli(place, ...importing(mcporter.file), "--discover", mcp.url);
      const calls: { at: number; status: number | null; stderr: string }[] = [];
      let isEnding = false;
      const callAgainAndAgain = async (name: string): Promise<void> => {
        while (!isEnding) {
          const at = Date.now();
          calls.push({ at, ...(await mcporter.call(name)) });
        }
      };
      // One for each: two of one account would redeem its token twice themselves, without a lock.
      const calling = names.map(callAgainAndAgain);
      await Promise.all(
        names.map((name) =>
          cli(place, "oauth", "adopt", `mcp/${name}`, "--from-mcporter", mcporter.file),
        ),
      );
      const feeder = await fed(all);
      // From now on that is no matter.
      calling.push(...names.map(callAgainAndAgain));
      const [started, before] = [Date.now(), await rig.counts()];
      await until(
        "the last refresh",
        async () => (await rig.counts()).redemptions - before.redemptions >= wanted,
        800_000,
      );
      isEnding = true;
      await Promise.all(calling);
      const counted = calls.filter(({ at }) => at >= started);
      expect(counted.filter(({ status }) => status !== 0)).toEqual([]);
      expect(counted.length).toBeGreaterThan(names.length);
      const counts = await rig.counts();
      expect(counts).toMatchObject({ reuse: 0, mostOfOne: 1, revokedGrants: 0 });
      for (const name of names)
        expect(mcporter.entry(name).tokens).not.toHaveProperty("refresh_token");
      expect(feeder.said()).toBe(`strongroom: 3 kept fresh in ${mcporter.file}\n`);
      console.log(
        `${counts.redemptions - before.redemptions} refreshes of 3 accounts by the vault, ${before.redemptions} by mcporter before; ${counted.length} calls of mcporter, 0 reuse detections`,
      );
    },
  );

  // What the others are to be held against: without the vault it comes to that, and is seen.
  test("ends the grant of an account that two of it use", { timeout: 120_000 }, async () => {
    const { mcporter, rig } = await scene(["notes"]);
    for (let pair = 0; pair < 20 && (await rig.counts()).reuse === 0; pair += 1) {
      await Promise.all([mcporter.call("notes"), mcporter.call("notes")]);
    }
    const { reuse, revokedGrants } = await rig.counts();
    expect(Math.min(reuse, revokedGrants)).toBeGreaterThan(0);
  });

  test(
    "registers another client when a token is refused, and is fed all the same",
    { timeout: 120_000 },
    async () => {
      const all = await scene(["notes"], { seconds: 4 });
      const { mcp, mcporter, place, rig } = all;
      await connected(place);
      await cli(place, ...importing(mcporter.file), "--discover", mcp.url);
      await cli(place, "oauth", "adopt", "mcp/notes", "--from-mcporter", mcporter.file);
      const { client_id: before } = mcporter.entry("notes")["clientInfo"] as { client_id: string };
      await until("the end of its token", () => {
        return Number(mcporter.entry("notes").tokens["expires_at"]) * 1000 < Date.now();
      });
      expect(await mcporter.call("notes")).not.toMatchObject({ status: 0 });
      const { client_id: after } = mcporter.entry("notes")["clientInfo"] as { client_id: string };
      expect(after).not.toBe(before);
      const feeder = await fed(all);
      expect(feeder.said()).toBe(`strongroom: 1 kept fresh in ${mcporter.file}\n`);
      expect(await mcporter.call("notes")).toMatchObject({ status: 0 });
      expect(await rig.counts()).toMatchObject({ reuse: 0, mostOfOne: 1 });
    },
  );

  test(
    "forgets its client at each call where it is told to use OAuth, and is fed all the same",
    { timeout: 120_000 },
    async () => {
      const all = await scene(["notes"], { configured: { auth: "oauth" }, seconds: 3600 });
      const { mcp, mcporter, place, rig } = all;
      const owner = await connected(place);
      await cli(place, ...importing(mcporter.file), "--discover", mcp.url);
      await cli(place, "oauth", "adopt", "mcp/notes", "--from-mcporter", mcporter.file);
      const feeder = await fed(all);
      expect(await mcporter.call("notes")).toMatchObject({ status: 0 });
      expect(mcporter.entry("notes")).not.toHaveProperty("clientInfo");
      const { accessToken, generation } = await owner.token("mcp/notes");
      await owner.call("oauth/report", { name: "mcp/notes", generation });
      const next = await owner.token("mcp/notes");
      expect(next.accessToken).not.toBe(accessToken);
      await until("the next token", () => {
        return mcporter.entry("notes").tokens["access_token"] === next.accessToken;
      });
      expect(await mcporter.call("notes")).toMatchObject({ status: 0 });
      expect(feeder.said()).toBe(`strongroom: 1 kept fresh in ${mcporter.file}\n`);
      expect(await rig.counts()).toMatchObject({ reuse: 0, mostOfOne: 1, logins: 1 });
    },
  );

  test(
    "reads what an export makes, and what it signed in anew is left to it",
    { timeout: 120_000 },
    async () => {
      const all = await scene(["notes"], { seconds: 3600 });
      const { mcp, mcporter, place } = all;
      await connected(place);
      await cli(place, ...importing(mcporter.file), "--discover", mcp.url);
      await cli(place, "oauth", "adopt", "mcp/notes", "--from-mcporter", mcporter.file);
      rmSync(mcporter.file);
      const { status, stderr } = await place.cli([
        "export",
        "--to",
        "mcporter",
        "--prefix",
        "mcp",
        mcporter.file,
      ]);
      expect({ status, stderr }).toMatchObject({ status: 15 });
      expect(await mcporter.call("notes")).toMatchObject({ status: 0 });
      expect(mcp.counts.refused).toBe(0);
      await fed(all);
      await mcporter.signIn("notes", "--reset");
      const own = mcporter.entry("notes").tokens;
      expect(own).toHaveProperty("refresh_token");
      const again = await fed(all);
      expect(again.said()).toContain(`mcp/notes has a refresh token in ${mcporter.file}`);
      expect(mcporter.entry("notes").tokens).toEqual(own);
    },
  );

  test(
    "has the vault's sign-in where it was given an access token by hand",
    { timeout: 60_000 },
    async () => {
      const all = await scene([], { others: ["notes"], seconds: 3600 });
      const { mcp, mcporter, place, rig } = all;
      const owner = await connected(place);
      const { accessToken, refreshToken, registration, scopes } = await rig.grant();
      await owner.change("oauth/put", {
        name: "mcp/notes",
        registration: { ...registration, resource: mcp.url },
        scopes,
        tokens: { accessToken, refreshToken, expiresIn: 3600 },
      });
      await mcporter.seed("notes", "any");
      await fed(all);
      expect(mcporter.entry("notes").tokens["access_token"]).toBe(accessToken);
      expect(await mcporter.call("notes")).toMatchObject({ status: 0 });
      expect(mcp.counts.refused).toBe(0);
    },
  );
});
