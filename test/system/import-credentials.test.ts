import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { apply } from "strongroom/src/imports/apply.ts";
import { demandNoConflict } from "strongroom/src/imports/conflict.ts";
import type { Found } from "strongroom/src/imports/found.ts";
import { readMcporter } from "strongroom/src/imports/mcporter.ts";
import { planOf } from "strongroom/src/imports/plan.ts";
import type { OnConflict, Plan } from "strongroom/src/imports/step.ts";
import { expect, test } from "vitest";
import { connected, throwaway } from "../support/connected.ts";
import { mcporterEntry } from "../support/import-sources.ts";
import type { Ended } from "../support/throwaway.ts";

test(
  "an OAuth credential that is another one here is in the way, stays, or is replaced, as is said",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const client = await connected(place);
    const file = join(place.home, "credentials.json");
    const write = (clientId: string): void => {
      const entry = { ...mcporterEntry("notes"), clientInfo: { client_id: clientId } };
      writeFileSync(file, JSON.stringify({ version: 2, entries: { "notes|1": entry } }));
    };
    const imported = (...args: readonly string[]): Promise<Ended> =>
      place.cli(["import", "--from", "mcporter", file, ...args]);
    const planned = async (onConflict: OnConflict): Promise<Plan> =>
      planOf(client, await readMcporter(file), { onConflict, prefix: "" });
    const put = async (): Promise<void> => {
      const { credentials } = await readMcporter(file);
      for (const each of credentials) await client.change("oauth/put", { ...each, force: true });
    };
    const clientId = async (): Promise<string> =>
      (await client.call("oauth/show", { name: "mcp/notes" })).clientId;

    write("first");
    await put();
    expect((await planned("fail")).credentials).toMatchObject([{ action: "same" }]);
    write("second");
    const refused = await imported();
    expect([refused.status, refused.stderr]).toEqual([
      5,
      expect.stringMatching(/"mcp\/notes" first; nothing was stored[^]*--on-conflict skip/u),
    ]);
    expect(await clientId()).toBe("first");
    const done = { secrets: 0, credentials: 0 };
    await apply(client, await planned("replace"), done);
    expect(done).toEqual({ secrets: 0, credentials: 1 });
    expect(await clientId()).toBe("second");

    // Somebody stores another one, between the look and the change.
    write("third");
    const plan = await planned("replace");
    await put();
    const late = apply(client, plan, done);
    await expect(late).rejects.toMatchObject({ code: "CONFLICT" });

    await client.call("oauth/adopt", { name: "mcp/notes", sourceIsRetired: true });
    write("fourth");
    const own = await imported("--on-conflict", "replace");
    expect([own.status, own.stderr]).toEqual([
      5,
      expect.stringMatching(/has tokens of its own[^]*strongroom oauth logout NAME/u),
    ]);
    expect(await clientId()).toBe("third");
  },
);

test(
  "a secret and an OAuth credential of one name do not take each other's place",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const client = await connected(place);
    const file = join(place.home, "credentials.json");
    const entries = { "notes|1": mcporterEntry("notes") };
    writeFileSync(file, JSON.stringify({ version: 2, entries }));
    await client.set("zz/mcp/notes", "plain");
    const planned = (from: Found, onConflict: OnConflict, prefix = ""): Promise<Plan> =>
      planOf(client, from, { onConflict, prefix });
    const source = await readMcporter(file);
    const below = await planned(source, "replace", "zz/");
    expect(() => demandNoConflict(below)).toThrow('a secret is named "zz/mcp/notes"; nothing was');
    expect((await planned(source, "skip", "zz/")).credentials).toMatchObject([
      { action: "keep", obstacle: "secret" },
    ]);

    for (const each of source.credentials) await client.change("oauth/put", each);
    const names = [...Array.from({ length: 40 }, (_, n) => `k${n}`), "mcp/notes"];
    const items = names.map((name) => ({ name, value: Buffer.from("v") }));
    const plain = { items, credentials: [], remarks: [] };
    const over = await planned(plain, "replace");
    expect(() => demandNoConflict(over)).toThrow('an OAuth credential is named "mcp/notes"; nothi');
    const done = { secrets: 0, credentials: 0 };
    await apply(client, await planned(plain, "skip"), done);
    expect(done).toEqual({ secrets: 40, credentials: 0 });
  },
);
