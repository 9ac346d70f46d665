import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { closed, listening } from "../support/oauth/authorization-server.ts";
import { putExpired } from "../support/oauth/granted.ts";
import { startRigProcess } from "../support/oauth/rig-handle.ts";
import type { Rig } from "../support/oauth/rig.ts";
import { connected, throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";
import type { Ended, Throwaway } from "../support/throwaway.ts";

async function rigged(): Promise<Rig> {
  const rig = await startRigProcess();
  onTestFinished(() => rig.close());
  return rig;
}

/** An API that takes any token but those; both programs have asked before it says so. */
async function api(refused: ReadonlySet<string>): Promise<{ url: string; tokens: string[] }> {
  const tokens: string[] = [];
  let first: (() => void) | undefined;
  const server = createServer((request, response) => {
    const token = request.headers.authorization?.slice("Bearer ".length) ?? "";
    tokens.push(token);
    const answer = (): void => void response.writeHead(refused.has(token) ? 401 : 200).end();
    if (!refused.has(token)) return answer();
    if (first === undefined) first = answer;
    else for (const each of [first, answer]) each();
  });
  onTestFinished(() => closed(server));
  return { url: `http://127.0.0.1:${await listening(server)}`, tokens };
}

function run(place: Throwaway, ...args: readonly string[]): Promise<Ended> {
  const options = ["--tsconfig", join(ROOT, "examples/tsconfig.json"), "-C", "strongroom-source"];
  const path = join(ROOT, "examples/oauth-shared.ts");
  return place.run(join(ROOT, "node_modules/.bin/tsx"), [...options, path, ...args]);
}

describe("examples/oauth-shared.ts", { timeout: 120_000 }, () => {
  test("two programs whose token is refused get the next one of one refresh", async () => {
    const place = throwaway();
    const owner = await connected(place);
    const rig = await rigged();
    const grant = await rig.grant("alice");
    const { accessToken, refreshToken, registration, scopes, subject } = grant;
    const tokens = { accessToken, refreshToken, expiresIn: 3600 };
    await owner.change("oauth/put", { name: "mcp/a", registration, scopes, subject, tokens });
    const { tokens: seen, url } = await api(new Set([accessToken]));
    const { status, stderr, stdout } = await run(place, "mcp/a", url);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout.trim().split("\n").toSorted()).toEqual(["first: 200", "second: 200"]);
    const others = seen.filter((token) => token !== accessToken);
    expect(others).toHaveLength(2);
    expect(new Set(others).size).toBe(1);
    expect(await rig.counts()).toMatchObject({ redemptions: 1, reuse: 0, mostOfOne: 1 });
  });

  test("both say what helps where nobody can refresh it any more", async () => {
    const place = throwaway();
    const owner = await connected(place);
    const rig = await rigged();
    const grant = await rig.grant("alice");
    await putExpired(owner, "mcp/a", { ...grant, refreshToken: "none-of-yours" });
    const { status, stderr } = await run(place, "mcp/a", "http://127.0.0.1:9");
    expect(status).toBe(14);
    expect(stderr).toMatch(/^first: REAUTHORIZE: .*invalid_grant.*sign in again/m);
    expect(stderr).toMatch(/^second: REAUTHORIZE: .*invalid_grant.*sign in again/m);
  });
});
