import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { vault } from "@strongroom/swamp/src/index.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DENO, WHY_NO_DENO } from "../../support/deno.ts";
import { swampRepository } from "../../support/import-sources.ts";
import { ROOT, Throwaway } from "../../support/throwaway.ts";

// What is put into a repository of swamp, as the programs run it: no package is installed there.

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
    const library = realpathSync(join(ROOT, "test/node_modules/@modelcontextprotocol/client"));
    const found = createRequire(join(library, "any.js")).resolve("zod");
    const zod = pathToFileURL(join(dirname(found), "index.js")).href;
    const map = JSON.stringify({ imports: { "npm:zod@4": zod } });
    writeFileSync(join(place.home, "map.json"), map);
  });
  afterAll(() => place.remove());

  const file = (name: string): string => join(place.home, "extension", name);

  function deno(...args: readonly string[]): ReturnType<Throwaway["run"]> {
    const map = join(place.home, "map.json");
    const options = ["-A", "--quiet", "--no-remote", "--no-npm", "--import-map", map];
    return place.run(DENO, ["run", ...options, ...args]);
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
  }, 15_000);

  it("does it with an API key for its prefix, and nothing beside", async () => {
    const create = ["key", "create", "swamp", "--no-expiry"];
    const { stdout: key } = await place.cli([...create, "--allow", "get,list,set,delete:main/**"]);
    const keyFile = join(place.home, "swamp.key");
    writeFileSync(keyFile, key, { mode: 0o600 });
    const withKey = [`STRONGROOM_API_KEY_FILE=${keyFile}`, process.execPath];
    const own = await place.run("env", [...withKey, program, file("strongroom-vault.js")]);
    expect(JSON.parse(own.stdout)).toEqual(SAID);
    const others = join(place.home, "others.mjs");
    writeFileSync(others, PROGRAM.replace('"main", {}', '"main", { prefix: "others" }'));
    const beside = await place.run("env", [...withKey, others, file("strongroom-vault.js")]);
    expect(beside.stderr).toContain("code: 'DENIED'");
  });

  it("shows what an import of swamp's own vault brought", async () => {
    const root = join(place.home, "repository");
    swampRepository(root, 2, { A: "one", B: "two" });
    const imported = await place.cli(["import", "--from", "swamp", root, "--prefix", "moved"]);
    expect(imported.status).toBe(0);
    const provider = vault.createProvider("any", { home: place.home, prefix: "moved/main" });
    expect(await provider.list()).toEqual(["A", "B"]);
    expect(await provider.getAnnotation("A")).toMatchObject({
      url: "https://a.example",
      notes: "a note",
      labels: { env: "prod" },
    });
  });

  it.skipIf(WHY_NO_DENO !== "")(`does the same under Deno, and ends${WHY_NO_DENO}`, async () => {
    const ended = await deno(program, file("strongroom.ts"));
    expect(ended).toMatchObject({ status: 0, stderr: "" });
    expect(JSON.parse(ended.stdout)).toEqual(SAID);
  });

  it.skipIf(WHY_NO_DENO !== "")(`brings a schema of swamp's own Zod${WHY_NO_DENO}`, async () => {
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

  it.skipIf(WHY_NO_DENO !== "")(
    `starts no daemon with Deno, and says how to start one${WHY_NO_DENO}`,
    async () => {
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
    },
  );
});
