import type { Client } from "@strongroom/client";
import { connect } from "@strongroom/client";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Annotation } from "@strongroom/swamp/src/annotation.ts";
import { vault } from "@strongroom/swamp/src/index.ts";
import { DAEMON } from "../../support/connected.ts";
import { Throwaway } from "../../support/throwaway.ts";

// What swamp's contract for providers asks, one statement a test, of a real daemon.

type Provider = ReturnType<typeof vault.createProvider>;

const SAID = {
  url: "https://example.com/secret-1",
  notes: "why it is there",
  labels: { env: "test", team: "platform" },
};

let place: Throwaway;
let client: Client;
let prefix: string;
let provider: Provider;
let vaults = 0;

beforeAll(async () => {
  place = new Throwaway();
  client = await connect({ env: place.env, daemon: DAEMON, create: true });
});
afterAll(async () => {
  client.close();
  await place.remove();
});
beforeEach(() => {
  vaults += 1;
  prefix = `vault-${vaults}`;
  provider = vault.createProvider(prefix, { home: place.home });
});

describe("a provider", () => {
  // test/system/swamp-deno.test.ts runs this file under Deno, too.
  it("is tested under what was asked for", () => {
    const runtime = "deno" in process.versions ? "deno" : "node";
    expect(runtime).toBe(process.env["WANTED_RUNTIME"] ?? "node");
  });

  it("has the name of its vault", () => {
    expect(provider.getName()).toBe(prefix);
  });

  it.each([
    "value",
    "",
    " two\nlines\n",
    "$& `a` \"b\" 'c'",
    "\u{0}",
    "Schlüssel 🔑",
    "x".repeat(1e5),
  ])("gets what was put: %#", async (value) => {
    await provider.put("A", value);
    expect(await provider.get("A")).toBe(value);
  });

  it("puts over what was there", async () => {
    await provider.put("A", "old");
    await provider.put("A", "new");
    expect(await provider.get("A")).toBe("new");
  });

  it("leaves other keys alone when it puts one", async () => {
    await provider.put("A", "1");
    await provider.put("B", "2");
    expect(await provider.get("A")).toBe("1");
  });

  it("rejects for a key that was never put", async () => {
    await expect(provider.get("A")).rejects.toMatchObject({
      name: "StrongroomError",
      code: "NOT_FOUND",
      message: `no secret named "${prefix}/A"`,
      hint: "strongroom list shows the names",
    });
  });

  it("lists the keys that were put, sorted, and no value", async () => {
    expect(await provider.list()).toEqual([]);
    await provider.put("B", "2");
    await provider.put("A", "1");
    await provider.put("deep/key", "3");
    expect(await provider.list()).toEqual(["A", "B", "deep/key"]);
  });

  it("lists all of more keys than a page holds", async () => {
    const keys = Array.from({ length: 1001 }, (_, index) => `K${String(index).padStart(4, "0")}`);
    const operations = keys.map((key) => {
      return { op: "set", name: `${prefix}/${key}`, value: "" } as const;
    });
    await client.batch(operations.slice(0, 1000));
    await client.batch(operations.slice(1000));
    expect(await provider.list()).toEqual(keys);
  });

  it("deletes a key", async () => {
    await provider.put("A", "1");
    await provider.delete("A");
    expect(await provider.list()).toEqual([]);
    await expect(provider.get("A")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("rejects for a key to delete that is not there", async () => {
    await expect(provider.delete("A")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("attaches the tags that come with a value", async () => {
    await provider.put("A", "1", { tags: { owner: "infra" } });
    const { metadata } = await client.get(`${prefix}/A`);
    expect(metadata).toEqual({ tags: ["owner=infra"] });
    expect(await provider.getAnnotation("A")).toMatchObject({ labels: { owner: "infra" } });
  });
});

describe("a provider's annotations", () => {
  it("are null for a key with none, whether it is there or not", async () => {
    expect(await provider.getAnnotation("A")).toBeNull();
    await provider.put("A", "1");
    expect(await provider.getAnnotation("A")).toBeNull();
  });

  it("are what was put, of a key that has a value", async () => {
    await provider.put("A", "1");
    await provider.putAnnotation("A", Annotation.create(SAID));
    const found = await provider.getAnnotation("A");
    expect(found).toMatchObject(SAID);
    expect(Annotation.fromData(found!.toData())).toEqual(found);
    expect(await provider.get("A")).toBe("1");
  });

  it("are what was put, of a key that has none, which is not listed for it", async () => {
    await provider.putAnnotation("A", Annotation.create(SAID));
    expect(await provider.getAnnotation("A")).toMatchObject(SAID);
    expect(await provider.list()).toEqual([]);
    await expect(provider.get("A")).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  it("wait for the value, and are with it from then on", async () => {
    await provider.putAnnotation("A", Annotation.create(SAID));
    await provider.put("A", "1", { tags: { env: "prod" } });
    const labels = { ...SAID.labels, env: "prod" };
    expect(await provider.getAnnotation("A")).toMatchObject({ ...SAID, labels });
    const { secrets } = await client.list({ pattern: `${prefix}/**` });
    expect(secrets.map(({ name }) => name)).toEqual([`${prefix}/A`]);
  });

  it("replace those that were there", async () => {
    await provider.put("A", "1");
    await provider.putAnnotation("A", Annotation.create(SAID));
    await provider.putAnnotation("A", Annotation.create({ notes: "other" }));
    expect((await provider.getAnnotation("A"))?.toData()).toEqual({
      notes: "other",
      updatedAt: expect.any(String),
    });
  });

  it("stay when a value is put, and with them what swamp has no word for", async () => {
    const metadata = { contentType: "text/plain", expiresAt: 4e12 };
    await client.set(`${prefix}/A`, "1", { metadata });
    await provider.putAnnotation("A", Annotation.create(SAID));
    await provider.put("A", "2");
    expect(await provider.getAnnotation("A")).toMatchObject(SAID);
    expect((await client.get(`${prefix}/A`)).metadata).toMatchObject(metadata);
  });

  it("keep bytes that are no text as they are", async () => {
    const bytes = Uint8Array.of(0xff, 0x00, 0xfe);
    await client.set(`${prefix}/A`, bytes);
    await provider.putAnnotation("A", Annotation.create(SAID));
    expect((await client.get(`${prefix}/A`)).bytes()).toEqual(bytes);
    await expect(provider.get("A")).rejects.toThrow(TypeError);
  });

  it("are listed by key, all that there are", async () => {
    await provider.put("A", "1");
    await provider.put("plain", "2");
    await provider.putAnnotation("A", Annotation.create(SAID));
    await provider.putAnnotation("B", Annotation.create({ notes: "second" }));
    const found = await provider.listAnnotations();
    expect(found).toBeInstanceOf(Map);
    expect([...found.keys()].toSorted()).toEqual(["A", "B"]);
    expect(found.get("A")).toMatchObject(SAID);
  });

  it.each(["with", "without"])(
    "are gone when they are deleted, of a key %s a value",
    async (has) => {
      if (has === "with") await provider.put("A", "1");
      await provider.putAnnotation("A", Annotation.create(SAID));
      await provider.putAnnotation("B", Annotation.create(SAID));
      await provider.deleteAnnotation("A");
      expect(await provider.getAnnotation("A")).toBeNull();
      expect([...(await provider.listAnnotations()).keys()]).toEqual(["B"]);
      expect(await provider.list()).toEqual(has === "with" ? ["A"] : []);
    },
  );

  it("need not be there to be deleted", async () => {
    await provider.deleteAnnotation("A");
    await provider.put("A", "1");
    await provider.deleteAnnotation("A");
    expect((await client.get(`${prefix}/A`)).version).toBe(1);
  });

  it("go with the secret", async () => {
    await provider.putAnnotation("A", Annotation.create(SAID));
    await client.set(`${prefix}/A`, "stored by another program");
    expect(await provider.getAnnotation("A")).toMatchObject(SAID);
    await provider.delete("A");
    expect(await provider.getAnnotation("A")).toBeNull();
  });
});

describe("beside others", () => {
  it("a provider sees the secrets of its prefix alone", async () => {
    const other = vault.createProvider("any", { home: place.home, prefix: `${prefix}-other` });
    await other.put("A", "other");
    await provider.put("A", "own");
    expect(await provider.list()).toEqual(["A"]);
    expect(await other.get("A")).toBe("other");
    await other.delete("A");
    expect(await provider.get("A")).toBe("own");
  });

  it("a provider stores where its prefix says", async () => {
    const deep = vault.createProvider("any", { home: place.home, prefix: `${prefix}/infra/prod` });
    await deep.put("A", "1");
    expect((await client.get(`${prefix}/infra/prod/A`)).text()).toBe("1");
  });

  it("many that change one key lose nothing of it", async () => {
    const many = Array.from({ length: 8 }, () =>
      vault.createProvider(prefix, { home: place.home }),
    );
    await Promise.all(
      many.map((each, index) => each.put("A", String(index), { tags: { [`by-${index}`]: "" } })),
    );
    const labels = (await provider.getAnnotation("A"))?.labels ?? {};
    expect(Object.keys(labels).toSorted()).toEqual(many.map((_, index) => `by-${index}`));
  });

  it("what is said of a key while its value is put is kept", async () => {
    const annotating = vault.createProvider(prefix, { home: place.home });
    const keys = Array.from({ length: 40 }, (_, index) => `K${index}`);
    await Promise.all([provider.list(), annotating.list()]);
    for (const key of keys) {
      await Promise.all([
        annotating.putAnnotation(key, { notes: "said" }),
        provider.put(key, "1", { tags: { put: "" } }),
      ]);
    }
    const said = await provider.listAnnotations();
    // Whichever was first: an annotation replaces what was said, a put adds to it.
    expect(keys.filter((key) => said.get(key)?.notes !== "said")).toEqual([]);
    const { secrets } = await client.list({ pattern: `${prefix}/**` });
    expect(secrets.length).toBe(keys.length);
  });

  it.each(["..", "a/../b", "*", "a[b]", "", "a\u{0}b", "/", "\u{202e}a"])(
    "a key that no name can hold is refused by the daemon and read as missing: %j",
    async (key) => {
      await expect(provider.put(key, "1")).rejects.toMatchObject({ code: "INVALID" });
      await expect(provider.putAnnotation(key, SAID)).rejects.toMatchObject({ code: "INVALID" });
      await expect(provider.get(key)).rejects.toMatchObject({ code: "NOT_FOUND" });
      expect(await provider.getAnnotation(key)).toBeNull();
    },
  );

  it("a key that would be an annotation is the caller's mistake", async () => {
    await expect(provider.put(".annotations/A", "1")).rejects.toThrow(TypeError);
    await expect(provider.get(".annotations/A")).rejects.toThrow(TypeError);
  });

  it("what a vault that is not there says comes through", async () => {
    const nowhere = vault.createProvider("main", { home: `${place.home}/none` });
    await expect(nowhere.list()).rejects.toMatchObject({
      code: "NOT_FOUND",
      hint: "create one with: strongroom init",
    });
  });

  it("a daemon that was not there is found by the next call", async () => {
    const later = new Throwaway();
    const waiting = vault.createProvider("main", { home: later.home });
    try {
      await expect(waiting.list()).rejects.toMatchObject({ code: "NOT_FOUND" });
      (await connect({ env: later.env, daemon: DAEMON, create: true })).close();
      expect(await waiting.list()).toEqual([]);
    } finally {
      await later.remove();
    }
  });
});
