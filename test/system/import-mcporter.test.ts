import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { OAuthEntry, Result } from "@strongroom/client/protocol";
import { expect, onTestFinished, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { publishedMcporter } from "../support/import-sources.ts";
import { startMcpServer } from "../support/oauth/mcp-server.ts";
import { startRigProcess } from "../support/oauth/rig-handle.ts";
import type { Rig } from "../support/oauth/rig.ts";
import { pause, until } from "../support/processes.ts";
import type { Ended, Throwaway } from "../support/throwaway.ts";

interface Scene {
  readonly place: Throwaway;
  readonly rig: Rig;
  readonly url: string;
  /** mcporter's, with an account `notes` at that URL; as its published versions write it. */
  readonly file: string;
  /** Stores a refresh token there, as they do. */
  readonly write: (refreshToken: string, more?: object) => void;
  readonly refresh: () => unknown;
  readonly run: (...args: readonly string[]) => Promise<Ended>;
}

async function scene({ isLocking = true } = {}): Promise<Scene> {
  const place = throwaway();
  const rig = await startRigProcess();
  onTestFinished(() => rig.close());
  const mcp = await startMcpServer(rig.issuer);
  onTestFinished(() => mcp.close());
  const { accessToken, refreshToken, registration } = await rig.grant();
  const folder = join(place.home, "mcporter");
  mkdirSync(isLocking ? join(folder, "refresh-locks") : folder, { recursive: true });
  const file = join(folder, "credentials.json");
  const write: Scene["write"] = (refresh, more) => {
    const { clientId, issuer } = registration;
    const tokens = { access_token: accessToken, refresh_token: refresh };
    const account = { clientId, issuer, tokens, url: mcp.url, ...more };
    // Whoever reads it meanwhile has one or the other.
    writeFileSync(`${file}.new`, JSON.stringify(publishedMcporter(account), undefined, 2));
    renameSync(`${file}.new`, file);
  };
  write(refreshToken);
  const refresh = (): unknown =>
    /"refresh_token": "([^"]*)"/u.exec(readFileSync(file, "utf8"))?.[1];
  const run: Scene["run"] = (...args) => place.cli(args);
  return { place, rig, url: mcp.url, file, write, refresh, run };
}

async function listed(run: Scene["run"]): Promise<readonly OAuthEntry[]> {
  const { stdout } = await run("oauth", "list", "--json");
  // There is no vault yet, where nothing was stored.
  return stdout === "" ? [] : (JSON.parse(stdout) as Result<"oauth/list">).credentials;
}

test(
  "mcporter's published versions do not say where tokens are to be had: a server that is named is asked",
  { timeout: 60_000 },
  async () => {
    const { file, rig, run, url } = await scene();
    const from = ["import", "--from", "mcporter", file];
    const early = await run(...from, "--dry-run", "--discover", url);
    expect([early.status, early.stderr]).toEqual([6, expect.stringContaining("strongroom init")]);
    const without = await run(...from);
    expect([without.status, without.stderr]).toEqual([
      0,
      expect.stringContaining(`strongroom import --from mcporter --discover ${url} ${file}\n`),
    ]);
    const other = await run(...from, "--discover", `${url}/other`);
    expect([other.status, other.stderr]).toEqual([2, expect.stringContaining(`${url}/other`)]);
    expect(await listed(run)).toEqual([]);
    expect(await run(...from, "--discover", url)).toMatchObject({ status: 0 });
    expect(await listed(run)).toMatchObject([
      {
        name: "mcp/notes",
        state: "shared",
        issuer: rig.issuer,
        tokenEndpoint: `${rig.issuer}/token`,
        revocationEndpoint: `${rig.issuer}/token/revocation`,
        privateHost: "127.0.0.1",
        resource: url,
        account: "notes",
      },
    ]);
    expect((await rig.counts()).presentations).toBe(0);
    // With all that the vault needs to refresh it, once it is adopted.
    expect(await run("oauth", "adopt", "mcp/notes", "--from-mcporter", file)).toMatchObject({
      status: 0,
    });
    expect(await listed(run)).toMatchObject([
      { state: "ok", privateHost: "127.0.0.1", resource: url },
    ]);
  },
);

test(
  "an account whose server names another issuer than its tokens is left out",
  { timeout: 60_000 },
  async () => {
    const { file, run, url, write } = await scene();
    write("refresh", { issuer: "https://other.example" });
    const ended = await run("import", "--from", "mcporter", file, "--discover", url);
    expect([ended.status, ended.stderr]).toEqual([
      0,
      expect.stringContaining("mcp/notes has tokens of https://other.example, and its server"),
    ]);
    expect(await listed(run)).toEqual([]);
  },
);

test(
  "an mcporter that refreshes without a lock is waited for, and its next token is taken",
  { timeout: 60_000 },
  async () => {
    const { file, refresh, run, url, write } = await scene({ isLocking: false });
    await run("import", "--from", "mcporter", file, "--discover", url);
    const adopting = run("oauth", "adopt", "mcp/notes", "--from-mcporter", file);
    await until("the removal", () => refresh() === undefined);
    await pause(1500);
    // It had read the old one before, and stores what the server gave for it.
    write("refresh-rotated");
    expect(await adopting).toMatchObject({ status: 0 });
    expect(refresh()).toBeUndefined();
    expect((await run("oauth", "export-refresh", "mcp/notes")).stdout).toBe("refresh-rotated");
  },
);
