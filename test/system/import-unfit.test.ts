import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apply } from "strongroom/src/imports/apply.ts";
import { readJson } from "strongroom/src/imports/plain.ts";
import { planOf } from "strongroom/src/imports/plan.ts";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { mcporterEntry } from "../support/import-sources.ts";

test(
  "what a vault does not take of a source holds nothing else up, and is told before anything is stored",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const folder = join(place.home, "src");
    mkdirSync(join(folder, "refresh-locks"), { recursive: true });
    const file = join(folder, "credentials.json");
    const bad = JSON.stringify(mcporterEntry("bad")).replace("https://as", "javascript:");
    const servers = ["a", "my*server", "z"].map((name) => [`${name}|1`, mcporterEntry(name)]);
    const entries = Object.fromEntries([...servers, ["bad|1", JSON.parse(bad)]]) as object;
    writeFileSync(file, JSON.stringify({ version: 2, entries }));
    const ran = await place.cli(["import", "--from", "mcporter", file]);
    expect([ran.status, ran.stderr]).toEqual([0, expect.stringContaining("3 credentials stored")]);
    expect(ran.stderr).toContain("a name was not fit for a vault, and is mcp/my%2Aserver\n");
    expect(ran.stderr).toContain("mcp/bad is left out, for registration.issuer must match");
    const listed = await (await connected(place)).call("oauth/list", {});
    expect(listed.credentials.map(({ name }) => name)).toEqual([
      "mcp/a",
      "mcp/my%2Aserver",
      "mcp/z",
    ]);
    // It is found in its file again by the name that it has here.
    const adopt = ["oauth", "adopt", "mcp/my%2Aserver", "--from-mcporter", file];
    expect(await place.cli(adopt)).toMatchObject({ status: 0 });
  },
);

test(
  "secrets of which much is known come in as many steps as requests have room for",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const file = join(place.home, "large.json");
    const known = [{ note: "n".repeat(16_000) }, { tags: Array.from({ length: 5000 }, () => "") }];
    const secrets = Array.from({ length: 150 }, (_, n) => ({
      name: `k${n}`,
      value: "v".repeat(6000),
      metadata: n === 120 ? { tags: "x" } : known[n < 110 ? 0 : 1],
    }));
    writeFileSync(file, JSON.stringify({ schema: 1, secrets }));
    const client = await connected(place);
    const asked = { onConflict: "fail", prefix: "" } as const;
    const plan = await planOf(client, await readJson(file), asked);
    expect(plan.remarks).toEqual([
      "k120 comes without one thing that is known of it: metadata.tags must be an array",
    ]);
    const done = { secrets: 0, credentials: 0 };
    await apply(client, plan, done);
    expect(done).toEqual({ secrets: 150, credentials: 0 });
  },
);
