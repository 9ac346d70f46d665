import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ROOT, Throwaway } from "../../support/throwaway.ts";

// What is put into a repository of swamp, as the programs run it: no package is installed there.

const { status } = spawnSync("deno", ["--version"]);
const why = status === 0 ? "" : " (skipped: there is no deno here, which swamp is made of)";

/** Says on one line what a vault does; ends by itself when nothing keeps the process. */
const PROGRAM = `
const { vault } = await import(process.argv[2]);
const provider = vault.createProvider("main", {});
await provider.put("A", "Schlüssel 🔑", { tags: { owner: "infra" } });
await provider.putAnnotation("B", { notes: "no value yet" });
const refusal = await provider.get("B").catch(({ name, code, message, hint }) => {
  return { name, code, message, hint };
});
const annotations = [...(await provider.listAnnotations())].map(([key, { labels, notes }]) => {
  return { key, labels, notes };
});
const said = [await provider.get("A"), await provider.list(), provider.getName()];
await provider.delete("A");
await provider.deleteAnnotation("B");
console.log(JSON.stringify({ said, refusal, annotations, left: await provider.list() }));
`;
const SAID = {
  said: ["Schlüssel 🔑", ["A"], "main"],
  refusal: {
    name: "StrongroomError",
    code: "NOT_FOUND",
    message: 'no secret named "main/B"',
    hint: "strongroom list shows the names",
  },
  annotations: [
    { key: "B", labels: {}, notes: "no value yet" },
    { key: "A", labels: { owner: "infra" } },
  ],
  left: [],
};

describe("the extension in two files", () => {
  let place: Throwaway;
  let program: string;
  beforeAll(async () => {
    place = new Throwaway();
    await place.cli(["init"]);
    const bundle = join(ROOT, "integrations/swamp/bundle.mjs");
    const ended = await place.run(process.execPath, [bundle, join(place.home, "extension")]);
    expect(ended).toEqual({ status: 0, stdout: "", stderr: "" });
    program = join(place.home, "program.mjs");
    writeFileSync(program, PROGRAM);
    // swamp puts its own Zod there; here it is the one that another library brought.
    const asks = createRequire(join(ROOT, "test/node_modules/@modelcontextprotocol/client/any.js"));
    const zod = pathToFileURL(join(dirname(asks.resolve("zod")), "index.js")).href;
    const map = JSON.stringify({ imports: { "npm:zod@4": zod } });
    writeFileSync(join(place.home, "map.json"), map);
  });
  afterAll(() => place.remove());

  const file = (name: string): string => join(place.home, "extension", name);

  function deno(...args: readonly string[]): ReturnType<Throwaway["run"]> {
    const map = join(place.home, "map.json");
    const options = ["-A", "--quiet", "--no-remote", "--no-npm", "--import-map", map];
    return place.run("deno", ["run", ...options, ...args]);
  }

  it("has the export by which swamp knows a vault, and asks for nothing that swamp has not", () => {
    const text = readFileSync(file("strongroom.ts"), "utf8");
    expect(text).toMatch(/^export const vault: VaultType = /m);
    const from = [...text.matchAll(/^import .* from "([^"]+)";/gm)].map((match) => match[1]);
    expect([...new Set(from)]).toEqual(["npm:zod@4", "./strongroom-vault.js"]);
    const whole = readFileSync(file("strongroom-vault.js"), "utf8");
    const asked = [...whole.matchAll(/^import [^;"]*"([^"]+)";/gm)].map((match) => match[1] ?? "");
    expect(asked.filter((name) => !name.startsWith("node:"))).toEqual([]);
  });

  it("does under Node what the contract asks, and ends", async () => {
    const ended = await place.run(process.execPath, [program, file("strongroom-vault.js")]);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(SAID);
  });

  it.skipIf(why !== "")(`does the same under Deno, and ends${why}`, async () => {
    const ended = await deno(program, file("strongroom.ts"));
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(SAID);
  });

  it.skipIf(why !== "")(`brings a schema of swamp's own Zod${why}`, async () => {
    const asking = join(place.home, "schema.mjs");
    writeFileSync(
      asking,
      `import { z } from "npm:zod@4";
import { vault } from ${JSON.stringify(pathToFileURL(file("strongroom.ts")).href)};
const { configSchema } = vault;
const { success, error } = configSchema.safeParse({ region: "us-east-1" });
const messages = error.issues.map(({ message }) => message);
const taken = configSchema.safeParse({ prefix: "infra" }).success;
console.log(JSON.stringify([configSchema instanceof z.ZodType, taken, success, messages]));
`,
    );
    const ended = await deno(asking);
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    const messages = ["config has no field region, only home, prefix, timeout"];
    expect(JSON.parse(ended.stdout)).toEqual([true, true, false, messages]);
  });

  it.skipIf(why !== "")(`starts no daemon with Deno, and says how to start one${why}`, async () => {
    const stopped = new Throwaway();
    try {
      await stopped.cli(["init"]);
      await stopped.cli(["daemon", "stop"]);
      const asking = join(stopped.home, "asking.mjs");
      writeFileSync(
        asking,
        `import { vault } from ${JSON.stringify(pathToFileURL(file("strongroom.ts")).href)};
const provider = vault.createProvider("main", { home: ${JSON.stringify(stopped.home)} });
await provider.list().catch(({ code, hint }) => console.log(code, hint));
`,
      );
      const { stdout } = await deno(asking);
      expect(stdout).toBe("UNAVAILABLE start one: strongroom daemon start\n");
      expect(stopped.record()).toBeUndefined();
    } finally {
      await stopped.remove();
    }
  });
});
