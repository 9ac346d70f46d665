import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../support/connected.ts";
import { jwe, mcporterEntry, swampRepository, toolhive } from "../support/import-sources.ts";
import { CLI, pause, rounds } from "../support/processes.ts";
import type { Throwaway } from "../support/throwaway.ts";

type Values = { readonly [name: string]: string };

function values(count: number, prefix = ""): Values {
  const names = Array.from({ length: count }, (_, n) => `${prefix}k${n}`);
  return Object.fromEntries(names.map((name) => [name, randomBytes(200).toString("hex")]));
}

interface Source {
  readonly path: string;
  /** What is in it: secrets by their values, credentials by their access tokens. */
  readonly holds: Values;
}

/** Makes a source in a folder, sealed by the password `pw`. */
type Make = (folder: string) => Promise<Source> | Source;

const SOURCES: { readonly [kind: string]: Make } = {
  gogcli: async (folder) => {
    const holds = values(80);
    for (const [name, value] of Object.entries(holds)) {
      writeFileSync(join(folder, name), await jwe(name, value));
    }
    return { path: folder, holds };
  },
  mcporter: (folder) => {
    const names = Array.from({ length: 100 }, (_, n) => `mcp/k${n}`);
    const entries = names.map((_, n) => [`k${n}|${n}`, mcporterEntry(`k${n}`)]);
    const path = join(folder, "credentials.json");
    writeFileSync(path, JSON.stringify({ version: 2, entries: Object.fromEntries(entries) }));
    return { path, holds: Object.fromEntries(names.map((name) => [name, "shared"])) };
  },
  swamp: (folder) => {
    const secrets = values(20);
    const named = Object.entries(secrets).map(([name, value]) => [`main/${name}`, value]);
    return { path: swampRepository(folder, 2, secrets), holds: Object.fromEntries(named) };
  },
  toolhive: (folder) => {
    const holds = values(1500);
    const path = join(folder, "secrets_encrypted");
    writeFileSync(path, toolhive("pw", holds));
    return { path, holds };
  },
};

/** What the vault holds below a prefix, and how often each of it was stored. */
async function stored(place: Throwaway, prefix: string): Promise<[Values, Set<number>]> {
  const exported = await place.cli(["export", "--prefix", prefix, "--format", "json"]);
  const { secrets = [] } = JSON.parse(exported.stdout || "{}") as {
    readonly secrets?: readonly { name: string; value: string; version: number }[];
  };
  const credentials = JSON.parse((await place.cli(["oauth", "list", "--json"])).stdout) as {
    readonly credentials: readonly { name: string; state: string }[];
  };
  const all = [
    ...secrets.map(({ name, value }) => [name, value] as const),
    ...credentials.credentials.map(({ name, state }) => [name, state] as const),
  ].filter(([name]) => name.startsWith(`${prefix}/`));
  const named = Object.fromEntries(all.map(([name, is]) => [name.slice(prefix.length + 1), is]));
  return [named, new Set(secrets.map(({ version }) => version))];
}

test(
  "imports that are killed go on, and lose and double nothing",
  { timeout: 900_000 },
  async () => {
    const place = throwaway();
    await place.cli(["init"]);
    const password = join(place.home, "pw");
    writeFileSync(password, "pw\n");
    const kinds = Object.keys(SOURCES);
    let all = 0;
    const each = rounds("imports killed in the middle, of each of four kinds", 1, 25);
    for (const kind of kinds) {
      const folder = join(place.home, `source-${kind}`);
      mkdirSync(folder);
      const { holds, path } = await (SOURCES[kind] as Make)(folder);
      const words = (prefix: string): string[] => [
        "import",
        "--from",
        kind,
        path,
        "--prefix",
        prefix,
        "--passphrase-file",
        password,
        "--json",
      ];
      const begun = Date.now();
      expect((await place.cli(words(`whole-${kind}`))).status).toBe(0);
      const took = Date.now() - begun;
      let killed = 0;
      for (let round = 0; round < each; round += 1) {
        const prefix = `${kind}-${round}`;
        const child = spawn(process.execPath, [CLI, ...words(prefix)], {
          env: place.env,
          stdio: "ignore",
        });
        const closed = new Promise<number | null>((resolve) => child.once("close", resolve));
        await pause(took * (0.3 + 0.6 * Math.random()));
        child.kill("SIGKILL");
        if ((await closed) === null) killed += 1;
        expect((await place.cli(words(prefix))).status).toBe(0);
        const [found, versions] = await stored(place, prefix);
        // What differs is told by names.
        const unlike = Object.keys({ ...holds, ...found }).filter(
          (name) => found[name] !== holds[name],
        );
        expect(unlike).toEqual([]);
        expect([...versions]).toEqual(kind === "mcporter" ? [] : [1]);
        const again = await place.cli(words(prefix));
        expect(JSON.parse(again.stdout)).toMatchObject({
          imported: { secrets: 0, credentials: 0 },
        });
        await place.cli(["clear", `${prefix}/`, "--yes"]);
      }
      all += killed;
      console.log(`${kind}: ${killed} of ${each} were killed before their end (of ${took} ms)`);
    }
    expect(all).toBeGreaterThanOrEqual((each * kinds.length) / 4);
  },
);
