import { expect, test } from "vitest";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { newIdentity, recipientOf } from "@strongroom/daemon/src/keys/age.ts";
import { fill, openSlot } from "@strongroom/daemon/src/keys/slot.ts";
import {
  authenticateSlots,
  createSlots,
  parseSlots,
  replaceBoth,
  slotsText,
} from "@strongroom/daemon/src/keys/slots.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const PATH = "/v/slots.json";
const KEY = new DataKey(Buffer.alloc(32, 1), Buffer.alloc(16, 2));

async function owner(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await newIdentity();
  return { identity, recipient: await recipientOf(identity) };
}

test("each of several slots opens the same data key", async () => {
  const owners = [await owner(), await owner()];
  const slots = await Promise.all(
    owners.map(({ recipient }) => fill({ type: "recipient", recipient }, KEY)),
  );
  const parsed = parseSlots(Buffer.from(slotsText(slots, KEY)), PATH);
  for (const [index, { identity }] of owners.entries()) {
    const slot = parsed.slots[index] ?? { wrapped: "" };
    expect((await openSlot(slot, identity, KEY.vaultId, PATH)).check).toEqual(KEY.check);
  }
});

test("a slot that was added from outside does not authenticate", async () => {
  const [mine, stranger] = [await owner(), await owner()];
  const own = await fill({ type: "keyfile", recipient: mine.recipient }, KEY);
  const text = slotsText([own], KEY);
  const added = await fill({ type: "keyfile", recipient: stranger.recipient }, KEY);
  const forged = text.replace(
    /\[(\{.*\})\]/,
    (_all, slot: string) => `[${slot},${JSON.stringify(added)}]`,
  );
  const parsed = parseSlots(Buffer.from(forged), PATH);
  expect(parsed.slots).toHaveLength(2);
  expect(() => authenticateSlots(parsed, KEY, PATH)).toThrow(
    expect.objectContaining({ code: "CORRUPT" }),
  );
});

test("new slots in place of both leave nothing of the old", async () => {
  const disk = new SimulatedDisk();
  await createSlots(disk, "/v", "one\n");
  await replaceBoth(disk, "/v", "two\n");
  expect(disk.world.peek(PATH).toString()).toBe("two\n");
  expect(disk.world.peek("/v/slots.previous.json").toString()).toBe("two\n");
  expect(await disk.list("/v")).toHaveLength(2);
});

test("a damaged slots.json gives way to its previous copy, and is named", async () => {
  const disk = new SimulatedDisk();
  await (await OpaqueVault.open(disk)).close();
  disk.world.poke(`${HOME.vault}/slots.json`, Buffer.from("{}"));
  const { opened } = await OpaqueVault.open(disk);
  expect(opened.warnings).toEqual([expect.stringContaining(`${HOME.vault}/slots.json`)]);
  disk.world.poke(`${HOME.vault}/slots.previous.json`, Buffer.from("{}"));
  await expect(OpaqueVault.open(disk)).rejects.toMatchObject({ code: "CORRUPT" });
});

test("a newer format is UNSUPPORTED_FORMAT", () => {
  const text = slotsText([], KEY).replace('"format":1', '"format":2');
  expect(() => parseSlots(Buffer.from(text), PATH)).toThrow(
    expect.objectContaining({ code: "UNSUPPORTED_FORMAT" }),
  );
});
