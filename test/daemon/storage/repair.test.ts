import { expect, test } from "vitest";
import { newIdentity, recipientOf } from "@strongroom/daemon/src/keys/age.ts";
import { salvage } from "@strongroom/daemon/src/storage/repair.ts";
import type { Salvaged } from "@strongroom/daemon/src/storage/repair.ts";
import { framePlaces } from "../../support/journal-frames.ts";
import { HOME, OpaqueState, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { World } from "../../support/simulated-world.ts";

/** Eight texts in a snapshot of several chunks, four in the journal. */
async function filled(): Promise<World> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  for (let index = 0; index < 8; index += 1) await vault.append(`${index}${"x".repeat(30_000)}`);
  await vault.compact();
  for (let index = 8; index < 12; index += 1) await vault.append(`${index}`);
  return disk.world;
}

async function saved(world: World): Promise<Salvaged & { readonly texts: readonly string[] }> {
  const sink = new OpaqueState();
  const result = await salvage({ disk: new SimulatedDisk(world), home: HOME, sink });
  return { ...result, texts: sink.texts.map((text) => text.replace(/x+$/, "")) };
}

function find(world: World, part: string): string {
  return world.files().find((path) => path.includes(part)) ?? "";
}

const ALL = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];

test("a whole vault is saved whole, and nothing is written", async () => {
  const world = await filled();
  const before = world.files().map((path) => world.peek(path));
  const disk = new SimulatedDisk(world);
  await salvage({ disk, home: HOME, sink: new OpaqueState() });
  expect(disk.sites).toEqual([]);
  expect(world.files().map((path) => world.peek(path))).toEqual(before);
  expect(await saved(world)).toMatchObject({ records: 8, frames: 4, lost: [], texts: ALL });
});

test("of a journal the frames before the damage are saved, and the rest is named", async () => {
  const world = await filled();
  const journal = find(world, "journal.");
  const content = world.peek(journal);
  const second = framePlaces(content)[1]?.from ?? 0;
  content.writeUInt8((content[second + 60] ?? 0) ^ 1, second + 60);
  world.poke(journal, content);
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 9));
  expect(result.lost).toEqual([expect.stringContaining(journal)]);
});

test("of a damaged snapshot the chunks before the damage are saved, and the frames after it", async () => {
  const world = await filled();
  const snapshot = find(world, "snapshot.");
  const content = world.peek(snapshot);
  content.writeUInt8((content[140_000] ?? 0) ^ 1, 140_000);
  world.poke(snapshot, content);
  const result = await saved(world);
  expect(result.texts).toEqual(["0", "1", "2", "3", "8", "9", "10", "11"]);
  expect(result.lost).toEqual([expect.stringContaining(snapshot)]);
});

/** As when a crash came before the files of the older epoch were removed: both stand there. */
async function doubled(): Promise<{ readonly world: World; readonly newer: string }> {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  for (let index = 0; index < 8; index += 1) await vault.append(`${index}${"x".repeat(30_000)}`);
  await vault.compact();
  const { world } = disk;
  const older = [find(world, "snapshot."), find(world, "journal.")];
  await vault.append("8");
  const kept = older.map((path) => [path, world.peek(path)] as const);
  await vault.compact();
  await vault.append("9");
  const newer = find(world, "snapshot.");
  for (const [path, content] of kept) world.poke(path, content);
  return { world, newer };
}

test("of two snapshots the newer one is taken, and when it is damaged the older one", async () => {
  const { world, newer } = await doubled();
  expect((await saved(world)).texts).toEqual(ALL.slice(0, 10));
  const content = world.peek(newer);
  content.writeUInt8((content[140_000] ?? 0) ^ 1, 140_000);
  world.poke(newer, content);
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 10));
  expect(result.lost).toEqual([expect.stringContaining(newer)]);
});

test("a journal that was cut gives what is left of it, and the cut is named", async () => {
  const world = await filled();
  const journal = find(world, "journal.");
  const content = world.peek(journal);
  world.poke(journal, content.subarray(0, framePlaces(content)[3]?.from));
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 11));
  expect(result.lost).toEqual([`${journal}: it is cut short`]);
});

test("of a journal that follows nothing no frame is saved, and all that is wrong is named in order", async () => {
  const { world, newer } = await doubled();
  const [older = "", journal = ""] = world.files().filter((path) => path.includes("journal."));
  world.poke(newer, Buffer.alloc(200));
  world.remove(older);
  const content = world.peek(journal);
  world.poke(journal, content.subarray(0, framePlaces(content)[0]?.to));
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 8));
  expect(result.lost).toEqual([
    expect.stringContaining(newer),
    `${older}: it is missing, with all that it held`,
    `${journal}: it is cut short`,
    `${journal}: its frames do not follow what could be read before`,
  ]);
});

test("a lost journal is named, for nobody knows what it held", async () => {
  const world = await filled();
  const journal = find(world, "journal.");
  world.remove(journal);
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 8));
  expect(result.lost).toEqual([`${journal}: it is missing, with all that it held`]);
});

test("changes that the mark knows of and that are not there are named, though nothing is damaged", async () => {
  const world = await filled();
  const journal = find(world, "journal.");
  const content = world.peek(journal);
  content.fill(0, framePlaces(content)[2]?.from);
  world.poke(journal, content);
  const result = await saved(world);
  expect(result.texts).toEqual(ALL.slice(0, 10));
  expect(result.lost).toEqual([expect.stringContaining(find(world, ".mark"))]);
});

test("a history other than the one that the mark knows is named", async () => {
  const world = await filled();
  const mark = find(world, ".mark");
  const fork = world.clone();
  for (const [each, text] of [
    [world, "12"],
    [fork, "another"],
  ] as const) {
    const vault = await OpaqueVault.open(new SimulatedDisk(each));
    await vault.append(text);
    await vault.close();
  }
  fork.poke(mark, world.peek(mark));
  const result = await saved(fork);
  expect(result.texts).toEqual([...ALL, "another"]);
  expect(result.lost).toEqual([expect.stringContaining(mark)]);
});

test("a lost vault.json and a lost slots.json are made up for by their copies", async () => {
  const world = await filled();
  world.remove(`${HOME.vault}/vault.json`);
  world.remove(`${HOME.vault}/slots.json`);
  const result = await saved(world);
  expect(result.texts).toEqual(ALL);
  expect(result.lost).toHaveLength(2);
});

test("without the key nothing can be saved, and the key file is named", async () => {
  const world = await filled();
  world.remove(`${HOME.config}/keyfile`);
  await expect(saved(world)).rejects.toMatchObject({
    code: "CORRUPT",
    message: expect.stringContaining("keyfile"),
  });
});

test("a damaged key file is named, and in the way of no identity that is brought", async () => {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  const identity = await newIdentity();
  await vault.opened.custody.add({ type: "recipient", recipient: await recipientOf(identity) });
  await vault.append("genuine");
  await vault.close();
  disk.world.poke(`${HOME.config}/keyfile`, Buffer.from("junk"));
  const sink = new OpaqueState();
  const result = await salvage({ disk: disk.reboot(), home: HOME, sink, identity });
  expect(sink.texts).toEqual(["genuine"]);
  expect(result.lost).toEqual([expect.stringContaining("keyfile") as string]);
});

test("what was saved makes a new vault", async () => {
  const sink = new OpaqueState();
  await salvage({ disk: new SimulatedDisk(await filled()), home: HOME, sink });
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk, { records: () => sink.records() });
  await vault.close();
  expect((await OpaqueVault.open(disk)).texts).toHaveLength(12);
});

test("what who had the data key of before wrote under it is saved from nobody, whatever it is called", async () => {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.append("genuine");
  const before = disk.world.clone();
  const slots = `${HOME.vault}/slots.json`;
  const { custody } = vault.opened;
  let half: Uint8Array = new Uint8Array();
  await custody.rekey(async (next) => {
    // As whoever watches the folder sees it, both seals in it.
    half = disk.world.peek(slots);
    await vault.log.replace(vault.state.records(), next);
  });
  await vault.close();
  // Of the vault as it was, with the key of before, and of a higher epoch.
  const elsewhere = new SimulatedDisk(before);
  for (let opening = 0; opening < 6; opening += 1) {
    const his = await OpaqueVault.open(elsewhere);
    if (opening === 5) await his.append("forged");
    await his.close();
  }
  const world = disk.world.clone();
  for (const path of elsewhere.world.files()) {
    if (/\/(?:claim|snapshot|journal|audit)\.[0-9a-f]{16}$/u.test(path)) {
      world.poke(path, elsewhere.world.peek(path));
    }
  }
  world.poke(slots, half);
  const result = await saved(world);
  expect(result.texts).toEqual(["genuine"]);
  expect(result.lost).not.toEqual([]);
  // The same without the copy from before, where the key file alone knows which key came last.
  world.poke(slots.replace(".json", ".previous.json"), half);
  for (const path of world.files()) if (path.startsWith(`${HOME.state}/`)) world.remove(path);
  expect((await saved(world)).texts).toEqual(["genuine"]);
});
