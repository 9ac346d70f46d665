import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { VERSION } from "@strongroom/client/protocol";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { packAll, whyNoPnpm } from "../../support/packed.ts";
import type { Tarball } from "../../support/packed.ts";
import { ROOT } from "../../support/throwaway.ts";
import { startRegistry } from "../../support/registry.ts";
import type { Registry } from "../../support/registry.ts";

const SCRIPT = new URL("../../../scripts/release/publish.mjs", import.meta.url).href;
const { publishAll } = (await import(SCRIPT)) as {
  publishAll: (
    packed: readonly Tarball[],
    version: string,
    options: {
      readonly flags?: readonly string[];
      readonly env: NodeJS.ProcessEnv;
      readonly say: (line: string) => void;
    },
  ) => Promise<void>;
};

const NAMES = ["@strongroom/client", "@strongroom/daemon", "strongroom"];
const AT = NAMES.map((name) => `${name}@${VERSION}`);

const why = await whyNoPnpm();

let folder: string;
let packed: readonly Tarball[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "strongroom-publish-"));
  if (why === "") packed = await packAll(folder);
}, 120_000);
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

let registry: Registry;
beforeEach(async () => {
  registry = await startRegistry();
  return () => registry.close();
});

/** Resolves with what was said; `flags` instead of those that only a job of the host can honour. */
async function publish(flags?: readonly string[]): Promise<string[]> {
  const config = join(folder, "npmrc");
  const host = registry.url.replace("http:", "");
  writeFileSync(config, `registry=${registry.url}\n${host}:_authToken=of-a-test\n`);
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_|ACTIONS_|SIGSTORE_|CI$|GITHUB_|GITLAB_)/iu.test(name),
  );
  const env = {
    ...Object.fromEntries(kept),
    npm_config_userconfig: config,
    npm_config_cache: join(folder, "cache"),
    npm_config_update_notifier: "false",
  };
  const said: string[] = [];
  const options = { env, say: (line: string) => said.push(line) };
  await publishAll(packed, VERSION, flags === undefined ? options : { ...options, flags });
  return said;
}

function scriptsOf(member: string): unknown {
  const manifest = JSON.parse(readFileSync(join(ROOT, member, "package.json"), "utf8")) as {
    scripts: unknown;
  };
  return manifest.scripts;
}

const UNSIGNED = ["--access", "public"];

describe.skipIf(why !== "")(`publishing${why}`, { timeout: 240_000 }, () => {
  it("goes on where it was cut, publishes nothing twice, and nothing after a stranger", async () => {
    registry.refuse("@strongroom/daemon");
    await expect(publish(UNSIGNED)).rejects.toThrow(
      /@strongroom\/daemon was not published: [^]*400/u,
    );
    expect(registry.published).toEqual(AT.slice(0, 1));
    registry.refuse(undefined);
    expect(await publish(UNSIGNED)).toEqual([
      `${AT[0]} is published already`,
      `${AT[1]} is published`,
      `${AT[2]} is published`,
    ]);
    // Each after those that it needs.
    expect(registry.published).toEqual(AT);
    registry.replace("@strongroom/client", `sha512-${"A".repeat(86)}==`);
    await expect(publish(UNSIGNED)).rejects.toThrow(
      `the registry has another ${AT[0]} than this one`,
    );
  });

  it("of a package's folder by hand is barred", () => {
    const [first = "", ...others] = ["packages/cli", "packages/client", "packages/daemon"];
    const { status, stderr } = spawnSync("npm", ["publish", "--dry-run"], {
      cwd: join(ROOT, first),
      encoding: "utf8",
      shell: process.platform === "win32",
    });
    expect(stderr).toContain("next: npm run release -- --dry-run");
    expect(status).toBe(1);
    for (const each of others) expect(scriptsOf(each)).toEqual(scriptsOf(first));
  });

  it("has npm sign where it comes from, which it does for nobody at a terminal", async () => {
    await expect(publish()).rejects.toThrow(/was not published: [^]*provenance/u);
    expect(registry.published).toEqual([]);
  });
});
