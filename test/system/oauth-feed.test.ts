import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Client } from "@strongroom/client";
import { describe, expect, onTestFinished, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { mcporter } from "../support/import-sources.ts";
import { credential } from "../support/oauth/credential.ts";
import { startRigProcess } from "../support/oauth/rig-handle.ts";
import type { FirstGrant, Rig } from "../support/oauth/rig.ts";
import { CLI, pause, rounds, until } from "../support/processes.ts";
import type { Throwaway } from "../support/throwaway.ts";

const STANDIN = fileURLToPath(new URL("../support/programs/mcporter-standin.mjs", import.meta.url));
const FOREIGN = '{"serverName":"bare","tokens":{"access_token":"x"},"n":1.0,  "updatedAt":1}';
const TOKEN_SECONDS = 4;

type Entries = {
  readonly [key: string]: { readonly tokens: { readonly [field: string]: unknown } };
};

function entriesOf(file: string): Entries {
  return (JSON.parse(readFileSync(file, "utf8")) as { entries: Entries }).entries;
}

/** `oauth feed` as a process, and what it says. */
function feeding(
  place: Throwaway,
  file: string,
): { readonly child: ChildProcess; said(): string; ended: Promise<number | null> } {
  const args = ["oauth", "feed", "--to-mcporter", file];
  const child = spawn(process.execPath, [CLI, ...args], { env: place.env, stdio: "pipe" });
  onTestFinished(() => void child.kill("SIGKILL"));
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const ended = once(child, "close").then(([status]) => status as number | null);
  return { child, said: () => said, ended };
}

async function fed(place: Throwaway, file: string): Promise<ReturnType<typeof feeding>> {
  const feeder = feeding(place, file);
  await until("the first writing", () => {
    if (feeder.child.exitCode !== null) throw new Error(feeder.said());
    return feeder.said().includes("kept fresh in");
  });
  return feeder;
}

interface Use {
  /** Before it read the file; milliseconds since 1970. */
  readonly at: number;
  readonly redeemed: boolean;
  readonly status: number;
}

/** The stand-in for mcporter's library, and each use of a token. */
function standIn(file: string, { issuer, clientId }: FirstGrant["registration"]): Use[] {
  const child = spawn(process.execPath, [STANDIN, file, issuer, clientId], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  onTestFinished(async () => {
    child.stdin.end();
    await once(child, "close");
  });
  const uses: Use[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => uses.push(JSON.parse(line) as Use));
  return uses;
}

/** mcporter's file with the accounts of some grants, which the vault has as well, shared. */
async function sharing(place: Throwaway, grants: { [name: string]: FirstGrant }): Promise<string> {
  const entries = Object.entries(grants).map(([name, grant]) => {
    const { accessToken, expiresIn, refreshToken, registration, scopes, tokenType } = grant;
    const { clientId, issuer, tokenEndpoint } = registration;
    const tokens = {
      access_token: accessToken,
      token_type: tokenType,
      refresh_token: refreshToken,
      scope: scopes.join(" "),
      expires_at: Math.floor(Date.now() / 1000) + expiresIn,
    };
    const server = { issuer, token_endpoint: tokenEndpoint };
    const discoveryState = { authorizationServerMetadata: server };
    const entry = { serverName: name, tokens, clientInfo: { client_id: clientId }, discoveryState };
    return `"${name}|0": ${JSON.stringify(entry)}`;
  });
  mkdirSync(join(place.home, "mcporter"));
  const file = join(place.home, "mcporter/credentials.json");
  writeFileSync(file, `{"version":2,"entries":{"bare|1": ${FOREIGN},${entries.join(",")}}}`);
  const { status, stderr } = await place.cli(["import", "--from", "mcporter", file]);
  expect({ status, stderr }).toMatchObject({ status: 0 });
  return file;
}

async function adopt(
  place: Throwaway,
  owner: Client,
  file: string,
  grants: { [name: string]: FirstGrant },
): Promise<void> {
  const each = Object.entries(grants).map(async ([account, { registration }]) => {
    const name = `mcp/${account}`;
    const { status, stderr } = await place.cli(["oauth", "adopt", name, "--from-mcporter", file]);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const { clientAuth, clientId, issuer, privateHost, tokenEndpoint } = registration;
    // The server of a test is at a loopback address, which an import does not allow.
    const pinned = { clientAuth, clientId, issuer, privateHost: privateHost ?? "", tokenEndpoint };
    const { scopes } = await owner.call("oauth/show", { name });
    await owner.change("oauth/put", { name, registration: pinned, scopes, account, force: true });
  });
  await Promise.all(each);
}

async function rigged(): Promise<Rig> {
  const rig = await startRigProcess({ accessTokenSeconds: TOKEN_SECONDS });
  onTestFinished(() => rig.close());
  return rig;
}

test(
  "mcporter's library and the vault want a token at once: none is redeemed twice, and each use has one that is taken",
  { timeout: 600_000 },
  async () => {
    const wanted = rounds("expiries of tokens that mcporter and the vault share", 5, 100);
    const place = throwaway();
    const [owner, rig] = await Promise.all([connected(place), rigged()]);
    const grants: { [name: string]: FirstGrant } = {};
    for (const name of ["alice", "bob", "carol"]) grants[name] = await rig.grant(name);
    const file = await sharing(place, grants);
    const { alice } = grants;
    if (alice === undefined) throw new Error("nobody signed in");
    const uses = standIn(file, alice.registration);
    await until("a redemption by mcporter", () => uses.some(({ redeemed }) => redeemed));
    await adopt(place, owner, file, grants);
    const before = await rig.counts();
    const feeder = await fed(place, file);
    const started = Date.now();
    await until(
      "the last refresh",
      async () => (await rig.counts()).redemptions - before.redemptions >= wanted,
      400_000,
    );
    // The tokens of that one are used, too.
    const last = Date.now();
    await until("a use of the last tokens", () => uses.some(({ at }) => at > last + 200));
    const counted = uses.filter(({ at }) => at >= started);
    expect(counted.filter(({ redeemed, status }) => redeemed || status !== 200)).toEqual([]);
    expect(counted.length).toBeGreaterThan(wanted);
    expect(await rig.counts()).toMatchObject({ reuse: 0, mostOfOne: 1, revokedGrants: 0 });
    feeder.child.kill("SIGTERM");
    expect([await feeder.ended, feeder.said()]).toEqual([
      0,
      `strongroom: 3 kept fresh in ${file}\n`,
    ]);
    for (const name of Object.keys(grants)) {
      expect(entriesOf(file)[`${name}|0`]?.tokens).not.toHaveProperty("refresh_token");
    }
    console.log(
      `${(await rig.counts()).redemptions - before.redemptions} refreshes of 3 accounts, ${counted.length} uses by the stand-in, 0 reuse detections`,
    );
  },
);

/** A file with one account that the vault has adopted, and a way to give that new tokens. */
async function adopted(): Promise<{
  readonly place: Throwaway;
  readonly file: string;
  readonly owner: Client;
  readonly put: (accessToken: string) => Promise<unknown>;
}> {
  const place = throwaway();
  const owner = await connected(place);
  const put = (accessToken: string): Promise<unknown> =>
    owner.change("oauth/put", {
      ...credential("mcp/notes", { accessToken, expiresIn: 3600 }),
      force: true,
    });
  await put("access-of-the-vault");
  const whole = JSON.stringify(mcporter(2), undefined, 2)
    .replace(/ *"refresh_token".*\n/u, "")
    .replace(/\{\s*"serverName": "bare"[^}]*\}[^}]*\}/u, FOREIGN);
  expect(whole).toContain(FOREIGN);
  const file = join(place.home, "credentials.json");
  writeFileSync(file, whole);
  return { place, file, owner, put };
}

const NOTES = "notes|0123456789abcdef";
const accessIn = (file: string): unknown => entriesOf(file)[NOTES]?.tokens["access_token"];

describe("strongroom oauth feed", { timeout: 120_000 }, () => {
  test("that is killed in the middle leaves a whole file, and goes on when it is started again", async () => {
    const count = rounds("feeds killed in the middle", 2, 60);
    const { file, place, put } = await adopted();
    let tokens = 0;
    for (let round = 0; round < count; round += 1) {
      const { child, ended } = await fed(place, file);
      expect(accessIn(file)).toBe(round === 0 ? "access-of-the-vault" : `access-${tokens}`);
      const killing = pause((round * 7) % 40).then(() => child.kill("SIGKILL"));
      for (let n = 0; n < 12; n += 1) await put(`access-${(tokens += 1)}`);
      await killing;
      await ended;
      expect(accessIn(file)).toMatch(/^access-/u);
      expect(readFileSync(file, "utf8")).toContain(FOREIGN);
      // As mcporter does with the lock of a process that is gone.
      rmSync(`${file}.lock`, { force: true });
    }
  });

  test("says of a lock that stays what it waits for, goes on when that is gone, and names no file that a credential is not from", async () => {
    const { file, owner, place } = await adopted();
    const tokens = { accessToken: "a", expiresIn: 3600, refreshToken: "r" };
    await owner.change("oauth/put", { ...credential("mcp/elsewhere", tokens), shared: true });
    writeFileSync(`${file}.lock`, "1\n");
    const { child, said } = feeding(place, file);
    await until("what it waits for", () => {
      if (child.exitCode !== null) throw new Error(said());
      return said().includes("next:");
    });
    const waiting = `strongroom: mcporter holds ${file}.lock; tried again\n  next: where no mcporter runs: rm ${file}.lock\n`;
    expect(said()).toBe(waiting);
    rmSync(`${file}.lock`);
    await until("the first writing", () => said().includes("kept fresh in"));
    expect(said()).toBe(
      `${waiting}strongroom: mcp/elsewhere is not in ${file}\n  next: strongroom oauth list\nstrongroom: 1 kept fresh in ${file}\n`,
    );
    expect(accessIn(file)).toBe("access-of-the-vault");
  });

  test("refuses a file that is damaged or gone, names it, and leaves it as it is", async () => {
    const { file, place, put } = await adopted();
    const whole = readFileSync(file, "utf8");
    const feeder = await fed(place, file);
    const damaged = whole.slice(0, -5);
    writeFileSync(file, damaged);
    // It sees it at the next change.
    await put("access-next");
    expect([await feeder.ended, feeder.said()]).toEqual([11, expect.stringContaining(file)]);
    expect(feeder.said()).toMatch(/next: .*strongroom oauth feed --to-mcporter FILE/u);
    expect(readFileSync(file, "utf8")).toBe(damaged);
    rmSync(file);
    const { ended, said } = feeding(place, file);
    expect([await ended, said()]).toEqual([6, expect.stringContaining(file)]);
    expect(() => readFileSync(file)).toThrow("ENOENT");
  });

  test("says what it does not feed and what helps, feeds it when that has changed, and ends with a lock", async () => {
    const { file, place, put } = await adopted();
    const whole = readFileSync(file, "utf8");
    const own = whole.replace('"access_token"', '"refresh_token": "its-own", "access_token"');
    writeFileSync(file, own);
    const { child, ended, said } = await fed(place, file);
    expect(said()).toContain(`mcp/notes has a refresh token in ${file}, which is left as it is`);
    expect(said()).toContain(`strongroom oauth adopt mcp/notes --from-mcporter ${file}`);
    expect(said()).toContain("strongroom: 0 kept fresh in");
    await put("access-1");
    expect(readFileSync(file, "utf8")).toBe(own);
    // As mcporter writes it: whoever reads it meanwhile has one or the other.
    writeFileSync(`${file}.new`, whole);
    renameSync(`${file}.new`, file);
    await put("access-2");
    await until("the next token", () => {
      if (child.exitCode !== null) throw new Error(said());
      return accessIn(file) === "access-2";
    });
    expect((await place.cli(["lock"])).status).toBe(0);
    expect(await ended).toBe(7);
  });
});
