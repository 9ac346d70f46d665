import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readVault } from "./support/format-reader.ts";
import { Throwaway } from "./support/throwaway.ts";

describe("a reader written from docs/storage-format.md", () => {
  let place: Throwaway;
  let client: Client;

  beforeEach(async () => {
    place = new Throwaway();
    await place.cli(["init"]);
    client = await connect({ home: place.home, timeout: "30s" });
  });
  afterEach(async () => {
    client.close();
    await place.remove();
  });

  async function change(): Promise<void> {
    for (const version of [1, 2, 3]) await client.set("a/kept", `version ${version}`);
    await client.set("a/bytes", Buffer.from([0xff, 0, 0xfe]));
    await client.set("b/deleted", "gone");
    await client.delete("b/deleted");
    await client.set("b/restored", "first");
    await client.set("b/restored", "second");
    await client.restore("b/restored", 1);
    await client.set("b/forgotten", "for good");
    await client.purge("b/forgotten");
    await client.purge("a/kept", { versions: [1] });
    await client.set("c/1", "cleared", { metadata: { tags: ["t"], note: "ñ" } });
    await client.batch([
      { op: "set", name: "c/2", value: "cleared" },
      { op: "clear", prefix: "c/" },
      { op: "set", name: "big", value: "x".repeat(200_000) },
    ]);
  }

  async function expectToRead(): Promise<void> {
    const { revision, values } = await readVault(place.home);
    expect(revision).toBe((await client.list()).revision);
    expect(values).toEqual(
      new Map([
        ["a/bytes", Buffer.from([0xff, 0, 0xfe]).toString()],
        ["a/kept", "version 3"],
        ["b/restored", "first"],
        ["big", "x".repeat(200_000)],
      ]),
    );
  }

  it("reads the frames of a journal", async () => {
    await change();
    await expectToRead();
  });

  it("reads a snapshot of several chunks, and frames after it", async () => {
    await change();
    await client.compact();
    await expectToRead();
    await client.restore("a/kept", 2);
    await client.set("a/kept", "version 3");
    await expectToRead();
  });
});
