import { spawn, spawnSync } from "node:child_process";
import { readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { startSecure, startTunnel, TEST_CA } from "../support/oauth/little-server.ts";
import { finish } from "../support/processes.ts";
import type { Ended } from "../support/processes.ts";
import { lacks, noBus, secretBus } from "../support/secret-bus.ts";
import type { SecretBus } from "../support/secret-bus.ts";

const HOST = "auth.test";
const TOKEN = "gho_CANARY";

/** What gh can be told of where it keeps a token: nothing before 2.24, which knows no keyring. */
const storage = noBus || lacks("gh") ? "" : spawnSync("gh", ["auth", "login", "--help"]).stdout;
const noGh =
  noBus ||
  lacks("gh") ||
  (/--(?:in)?secure-storage/.test(String(storage))
    ? ""
    : " (skipped: this gh is older than 2.24, and knows no keyring)");

/** What a tester has of their own for gh. */
const THEIRS = /^(?:GH|GITHUB|GLAMOUR)_|^(?:NO|HTTPS?|ALL)_PROXY$/i;

interface Gh {
  /** Runs gh to its end. */
  readonly run: (args: readonly string[], input?: string) => Promise<Ended>;
  /** What the server was asked with. */
  readonly tokens: Set<string | undefined>;
  /** What gh has in its own file. */
  readonly file: () => string;
}

/** A gh that finds GitHub on the loopback, whatever it asks for. */
async function ghBeside(bus: SecretBus): Promise<Gh> {
  const tokens = new Set<string | undefined>();
  const github = await startSecure(({ headers, url = "" }, response) => {
    tokens.add(headers.authorization);
    const viewer = url.endsWith("graphql") ? { data: { viewer: { login: "me" } } } : {};
    response.writeHead(200, {
      "content-type": "application/json",
      "x-oauth-scopes": "repo, read:org, gist",
    });
    response.end(JSON.stringify(viewer));
  });
  const tunnel = await startTunnel(() => github.port);
  onTestFinished(async () => {
    await Promise.all([github.close(), tunnel.close()]);
  });
  const proxy = `http://127.0.0.1:${tunnel.port}`;
  const env = {
    ...Object.fromEntries(Object.entries(bus.env).filter(([name]) => !THEIRS.test(name))),
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    SSL_CERT_FILE: TEST_CA,
    GH_HOST: HOST,
    GH_NO_UPDATE_NOTIFIER: "1",
    DO_NOT_TRACK: "1",
  };
  return {
    run: (args, input = "") => finish(spawn("gh", args, { env, stdio: "pipe" }), input),
    tokens,
    file: () => readFileSync(join(bus.place.home, ".config/gh/hosts.yml"), "utf8"),
  };
}

/** Signs in with the token. */
function login({ run }: Gh): Promise<Ended> {
  const isAsked = /--secure-storage/.test(String(storage)) ? ["--secure-storage"] : [];
  return run(["auth", "login", "--hostname", HOST, "--with-token", ...isAsked], `${TOKEN}\n`);
}

const printed = { status: 0, stdout: `${TOKEN}\n`, stderr: "" };

test.skipIf(noGh !== "")(
  `gh keeps its token here, with no change in it${noGh}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const served = await bus.serve();
    const gh = await ghBeside(bus);
    expect(await login(gh)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect([...gh.tokens]).toEqual([`token ${TOKEN}`]);
    expect(gh.file()).toContain(HOST);
    expect(gh.file()).not.toContain(TOKEN);
    const names = (await bus.cli(["list"])).stdout.trim().split("\n");
    for (const name of names) {
      expect(name).toMatch(/^secret-service\/login\/password-for-(?:me-)?on-gh-auth-test-/);
      expect((await bus.cli(["get", name])).stdout).toBe(TOKEN);
    }
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
    const status = await gh.run(["auth", "status"]);
    expect(status.status).toBe(0);
    expect(status.stdout + status.stderr).toMatch(/Logged in to auth\.test .*me \(keyring\)/);
    // What git is told, where gh is its helper.
    const asked = await gh.run(["auth", "git-credential", "get"], `protocol=https\nhost=${HOST}\n`);
    expect(asked.stdout).toContain(`password=${TOKEN}\n`);
    // A locked vault is opened for it, and a stopped daemon started.
    await bus.cli(["lock"]);
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
    await bus.cli(["stop"]);
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
    served.child.kill("SIGKILL");
    await served.ended;
    await bus.serve();
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
    expect((await gh.run(["auth", "logout", "--hostname", HOST])).status).toBe(0);
    expect((await bus.cli(["list"])).stdout).toBe("");
    expect((await gh.run(["auth", "token"])).status).toBe(1);
  },
);

test.skipIf(noGh !== "")(
  `gh has the bus start the service, and waits for it${noGh}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    bus.startOnDemand();
    await bus.cli(["stop"]);
    const gh = await ghBeside(bus);
    expect(await login(gh)).toMatchObject({ status: 0, stdout: "", stderr: "" });
    expect(gh.file()).not.toContain(TOKEN);
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
  },
);

test.skipIf(noGh !== "")(
  `gh keeps its token itself where only a person can open the vault, as the documents say${noGh}`,
  { timeout: 60_000 },
  async () => {
    const bus = await secretBus();
    const [file, away] = [join(bus.place.home, "config/keyfile"), join(bus.place.home, "away")];
    await bus.cli(["lock"]);
    renameSync(file, away);
    const served = await bus.serve();
    const gh = await ghBeside(bus);
    expect((await login(gh)).status).toBe(0);
    expect(gh.file()).toContain(TOKEN);
    expect(served.said).toContain("a program asks for the vault");
    expect(served.said).toContain("strongroom unlock");
    renameSync(away, file);
    await bus.cli(["unlock"]);
    expect((await login(gh)).status).toBe(0);
    expect(gh.file()).not.toContain(TOKEN);
    expect(await gh.run(["auth", "token"])).toMatchObject(printed);
  },
);
