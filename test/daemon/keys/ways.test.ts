import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { pinPath } from "@strongroom/client/protocol";
import type { StrongroomError } from "@strongroom/client/protocol";
import { newIdentity, recipientOf, seal } from "@strongroom/daemon/src/keys/age.ts";
import { DataKey } from "@strongroom/daemon/src/keys/data-key.ts";
import { fill } from "@strongroom/daemon/src/keys/slot.ts";
import type { Slot } from "@strongroom/daemon/src/keys/slot.ts";
import { parseSlots, slotsText } from "@strongroom/daemon/src/keys/slots.ts";
import { unlockVault } from "@strongroom/daemon/src/keys/unlock.ts";
import type { Unlocked } from "@strongroom/daemon/src/keys/unlock.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { size } from "../../support/size.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";
import type { World } from "../../support/simulated-world.ts";
import { TestSources } from "../../support/test-sources.ts";

const PASSPHRASE = "correct horse";
const SLOTS = `${HOME.vault}/slots.json`;
const PREVIOUS = `${HOME.vault}/slots.previous.json`;
const KEYFILE = `${HOME.config}/keyfile`;
const PIN = pinPath(HOME.state, HOME.vault);
/** Real work would only make these tests slow: it is held by those of scrypt. */
const LOW = 4;

interface Made {
  readonly world: World;
  readonly vaultId: Buffer;
  readonly key: DataKey;
  readonly sources: TestSources;
}

/** A vault with a key file and a passphrase, closed. */
async function made(): Promise<Made> {
  const disk = new SimulatedDisk();
  const sources = new TestSources();
  const vault = await OpaqueVault.open(disk, { sources });
  await vault.append("one");
  const { custody, vaultId } = vault.opened;
  const { key } = custody;
  const identity = await newIdentity();
  const sealed = Buffer.from(await seal(identity, Buffer.from(PASSPHRASE), LOW));
  const blank = { type: "passphrase", sealed: sealed.toString("base64") };
  const slot = await fill({ ...blank, recipient: await recipientOf(identity) }, key);
  const { slots } = parseSlots(disk.world.peek(SLOTS), SLOTS);
  const text = Buffer.from(slotsText([...slots, slot], key));
  for (const path of [SLOTS, PREVIOUS]) disk.world.poke(path, text);
  await vault.close();
  // Opening it makes the pin.
  await (await OpaqueVault.open(disk, { sources })).close();
  return { world: disk.world.clone(), vaultId: Buffer.from(vaultId, "hex"), key, sources };
}

async function unlock(
  world: World,
  { vaultId, sources }: Made,
  passphrase?: string,
): Promise<Unlocked> {
  const disk = new SimulatedDisk(world);
  const unlocked = unlockVault({
    disk,
    vaultFolder: HOME.vault,
    configFolder: HOME.config,
    stateFolder: HOME.state,
    vaultId,
    sources,
    passphrase: passphrase === undefined ? undefined : Buffer.from(passphrase),
  });
  await unlocked.catch(() => {});
  expect(disk.sites, "nothing is written").toEqual([]);
  return await unlocked;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => "opened",
    (error: StrongroomError) => error.code,
  );
}

function without(world: World, ...paths: readonly string[]): World {
  const copy = world.clone();
  for (const path of paths) copy.remove(path);
  return copy;
}

/** A slot with the sum of what is in it, as the storage format has it. */
function summed(slot: Slot): Slot {
  if (slot.type !== "passphrase") return slot;
  const digest = createHash("sha256").update(JSON.stringify(slot)).digest("hex");
  return { ...slot, sum: digest.slice(0, 16) };
}

const VAULT = await made();
const ANOTHER = await newIdentity();

describe("a vault with a key file and a passphrase", () => {
  test("opens by the key file, whatever passphrase is given", async () => {
    expect((await unlock(VAULT.world, VAULT)).key.check).toEqual(VAULT.key.check);
    expect((await unlock(VAULT.world, VAULT, "other")).key.check).toEqual(VAULT.key.check);
  });

  test("opens by the passphrase when the key file is away", async () => {
    const { key, warnings } = await unlock(without(VAULT.world, KEYFILE), VAULT, PASSPHRASE);
    expect(key.check).toEqual(VAULT.key.check);
    expect(warnings).toEqual([]);
  });

  test("opens by the identity of any slot, and then in no other way", async () => {
    const disk = new SimulatedDisk(VAULT.world);
    const place = { disk, vaultFolder: HOME.vault, configFolder: HOME.config };
    const rest = { stateFolder: HOME.state, vaultId: VAULT.vaultId, sources: VAULT.sources };
    const text = VAULT.world.peek(KEYFILE).toString();
    const identity = /^AGE-SECRET-KEY-1\w+$/m.exec(text)?.[0] ?? "";
    const opened = await unlockVault({ ...place, ...rest, identity });
    expect(opened.key.check).toEqual(VAULT.key.check);
    for (const other of [await newIdentity(), "", "AGE-SECRET-KEY-1", PASSPHRASE]) {
      expect(await codeOf(unlockVault({ ...place, ...rest, identity: other }))).toBe("WRONG_KEY");
    }
  });

  test("is LOCKED when the key file is away and nobody gave a passphrase", async () => {
    await expect(unlock(without(VAULT.world, KEYFILE), VAULT)).rejects.toMatchObject({
      code: "LOCKED",
      hint: "strongroom unlock",
    });
  });

  test("is LOCKED, and says why, when the key file is damaged or another's", async () => {
    const damaged = VAULT.world.clone();
    damaged.poke(KEYFILE, Buffer.from("AGE-SECRET-KEY-1"));
    await expect(unlock(damaged, VAULT)).rejects.toMatchObject({
      code: "LOCKED",
      message: expect.stringContaining(KEYFILE) as string,
    });
    const foreign = VAULT.world.clone();
    foreign.poke(KEYFILE, (await made()).world.peek(KEYFILE));
    await expect(unlock(foreign, VAULT)).rejects.toMatchObject({ code: "LOCKED" });
    expect((await unlock(foreign, VAULT, PASSPHRASE)).key.check).toEqual(VAULT.key.check);
  });

  test("is WRONG_KEY for another passphrase, which may be tried again", async () => {
    await expect(unlock(without(VAULT.world, KEYFILE), VAULT, "other")).rejects.toMatchObject({
      code: "WRONG_KEY",
      hint: "try again: strongroom unlock",
    });
  });
});

/** Each byte in turn, as another one. */
function* flipped(text: Buffer, stride: number): Generator<{ at: number; bytes: Buffer }> {
  for (let at = 0; at < text.length; at += stride) {
    const bytes = Buffer.from(text);
    bytes[at] = (text[at] ?? 0) ^ (1 << (at % 7));
    yield { at, bytes };
  }
}

function bothSlots(world: World, bytes: Buffer): World {
  const copy = world.clone();
  for (const path of [SLOTS, PREVIOUS]) copy.poke(path, bytes);
  return copy;
}

describe("damage and a wrong key are told apart, whichever byte of slots.json is another one:", () => {
  const text = VAULT.world.peek(SLOTS);
  const DAMAGE = ["CORRUPT", "UNSUPPORTED_FORMAT"];
  const ways: readonly { what: string; keyed: boolean; passphrase?: string; codes: string[] }[] = [
    { what: "by the key file", keyed: true, codes: DAMAGE },
    { what: "by the passphrase", keyed: false, passphrase: PASSPHRASE, codes: DAMAGE },
    {
      what: "by another passphrase",
      keyed: false,
      passphrase: "other",
      codes: [...DAMAGE, "WRONG_KEY"],
    },
  ];

  test.each(ways)("$what", async ({ keyed, passphrase, codes }) => {
    const base = keyed ? VAULT.world : without(VAULT.world, KEYFILE);
    const counts: { [code: string]: number } = {};
    for (const { at, bytes } of flipped(text, size(3, 1))) {
      const code = await codeOf(unlock(bothSlots(base, bytes), VAULT, passphrase));
      expect(codes, `byte ${at}`).toContain(code);
      counts[code] = (counts[code] ?? 0) + 1;
    }
    console.log(`slots.json, flipped, ${JSON.stringify(counts)}`);
  });

  test("of the slot of a passphrase, with a wrong one, it is damage alone", async () => {
    const start = text.indexOf('{"type":"passphrase"');
    const end = text.indexOf('}]},"mac"');
    const base = without(VAULT.world, KEYFILE);
    for (const { at, bytes } of flipped(text, size(3, 1))) {
      if (at < start || at > end) continue;
      const code = await codeOf(unlock(bothSlots(base, bytes), VAULT, "other"));
      expect(code, `byte ${at}`).toBe("CORRUPT");
    }
  });

  test("with a whole previous copy the vault opens, or says that the passphrase is wrong", async () => {
    for (const { at, bytes } of flipped(text, size(29, 3))) {
      const world = VAULT.world.clone();
      world.poke(SLOTS, bytes);
      const away = without(world, KEYFILE);
      const opened = await unlock(world, VAULT);
      expect(opened.warnings, `byte ${at}`).toHaveLength(1);
      expect(await codeOf(unlock(away, VAULT, PASSPHRASE)), `byte ${at}`).toBe("opened");
      expect(await codeOf(unlock(away, VAULT, "other")), `byte ${at}`).toBe("WRONG_KEY");
      expect(await codeOf(unlock(away, VAULT)), `byte ${at}`).toBe("LOCKED");
    }
  });
});

test("every truncation of slots.json gives way to the previous copy, or is CORRUPT without one", async () => {
  const text = VAULT.world.peek(SLOTS);
  for (let length = 0; length < text.length; length += size(11, 1)) {
    const world = VAULT.world.clone();
    world.poke(SLOTS, text.subarray(0, length));
    expect((await unlock(world, VAULT)).warnings, `${length} bytes`).toHaveLength(1);
    world.poke(PREVIOUS, text.subarray(0, length));
    expect(await codeOf(unlock(world, VAULT)), `${length} bytes`).toBe("CORRUPT");
    const away = without(world, KEYFILE);
    expect(await codeOf(unlock(away, VAULT, PASSPHRASE)), `${length} bytes`).toBe("CORRUPT");
  }
});

describe("a stranger who can write the vault's folder", () => {
  const keyed = VAULT.world;
  const keyless = without(VAULT.world, KEYFILE);

  test("adds no slot of his own: refused", async () => {
    const { slots } = parseSlots(keyed.peek(SLOTS), SLOTS);
    const recipient = await recipientOf(await newIdentity());
    const his = new DataKey(Buffer.alloc(32, 9), VAULT.vaultId);
    const added = await fill({ type: "recipient", recipient }, his);
    const text = Buffer.from(slotsText([...slots, added], his));
    expect(await codeOf(unlock(bothSlots(keyed, text), VAULT))).toBe("CORRUPT");
    expect(await codeOf(unlock(bothSlots(keyless, text), VAULT, PASSPHRASE))).toBe("CORRUPT");
  });

  /** All slots wrapped anew for a data key of his, which he can do for recipients that he reads. */
  async function forged(vaultId: Buffer): Promise<Buffer> {
    const his = new DataKey(Buffer.alloc(32, 9), vaultId);
    const { slots } = parseSlots(keyed.peek(SLOTS), SLOTS);
    const wrappedAnew = await Promise.all(
      slots.map(async (slot) => {
        const { wrapped: _, sum: __, recipient = "", ...rest } = slot;
        return await fill({ ...rest, recipient }, his);
      }),
    );
    return Buffer.from(slotsText(wrappedAnew, his));
  }

  test("puts a data key of his into every slot: refused", async () => {
    const text = await forged(VAULT.vaultId);
    for (const [world, passphrase] of [[keyed], [keyless, PASSPHRASE]] as const) {
      const code = await codeOf(unlock(bothSlots(world, text), VAULT, passphrase));
      expect(code).toBe("ROLLED_BACK");
    }
  });

  test("makes it look like a rekey that was interrupted, with a slot of his own: refused", async () => {
    const his = new DataKey(Buffer.alloc(32, 9), VAULT.vaultId);
    const { slots } = parseSlots(keyed.peek(SLOTS), SLOTS);
    // What the true data key is wrapped in can be copied, and a key of his wrapped for all.
    const both = await Promise.all(
      slots.map(async ({ sum: _unused, wrapped: next, recipient = "", ...rest }) => {
        const { sum: __, ...slot } = await fill({ ...rest, recipient }, his);
        return summed({ ...slot, next });
      }),
    );
    const own = await fill({ type: "recipient", recipient: await recipientOf(ANOTHER) }, his);
    const added = [...both, { ...own, next: own.wrapped }];
    for (const body of [added, both, both.slice(1), both.slice(0, 1)]) {
      for (const [next, codes] of [
        [undefined, ["ROLLED_BACK", "LOCKED", "WRONG_KEY", "CORRUPT"]],
        [his, ["CORRUPT", "LOCKED", "WRONG_KEY"]],
      ] as const) {
        const text = Buffer.from(slotsText(body, his, next));
        expect(codes).toContain(await codeOf(unlock(bothSlots(keyed, text), VAULT)));
        const code = await codeOf(unlock(bothSlots(keyless, text), VAULT, PASSPHRASE));
        expect(codes).toContain(code);
      }
    }
    const text = Buffer.from(slotsText(added, his));
    expect(await codeOf(unlock(bothSlots(keyed, text), VAULT))).toBe("CORRUPT");
    expect(await codeOf(unlock(bothSlots(keyless, text), VAULT, PASSPHRASE))).toBe("CORRUPT");
    // With one of them whole, that one counts.
    const half = keyed.clone();
    half.poke(SLOTS, text);
    expect((await unlock(half, VAULT)).warnings).toHaveLength(1);
  });

  test("a slots.json of another data key gives way to the previous copy that is whole", async () => {
    const half = keyed.clone();
    half.poke(SLOTS, await forged(VAULT.vaultId));
    const { key, warnings } = await unlock(half, VAULT);
    expect(key.check).toEqual(VAULT.key.check);
    expect(warnings).toEqual([expect.stringContaining(PREVIOUS) as string]);
  });

  test("replaces the whole folder by a vault of his: refused", async () => {
    const vaultId = Buffer.alloc(16, 5);
    const text = await forged(vaultId);
    const his = { ...VAULT, vaultId };
    expect(await codeOf(unlock(bothSlots(keyed, text), his))).toBe("LOCKED");
    expect(await codeOf(unlock(bothSlots(keyed, text), his, PASSPHRASE))).toBe("ROLLED_BACK");
    expect(await codeOf(unlock(bothSlots(keyless, text), his, PASSPHRASE))).toBe("ROLLED_BACK");
  });

  test("chooses no program that is run", async () => {
    const his = new DataKey(Buffer.alloc(32, 9), VAULT.vaultId);
    const identity = await newIdentity();
    const argv = ["/bin/sh", "-c", "evil"];
    const blank = { type: "command", recipient: await recipientOf(identity), argv };
    const text = Buffer.from(slotsText([await fill(blank, his)], his));
    const sources = new TestSources();
    sources.programs.set(argv.join(" "), identity);
    const refused = unlock(bothSlots(keyless, text), { ...VAULT, sources });
    await expect(refused).rejects.toMatchObject({ code: "DENIED" });
    expect(sources.ran).toEqual([]);
  });

  test("takes the vault away: no new one is made in its place", async () => {
    const gone = keyless.clone();
    for (const path of gone.files()) if (path.startsWith(`${HOME.vault}/`)) gone.remove(path);
    await expect(OpaqueVault.open(new SimulatedDisk(gone))).rejects.toMatchObject({
      code: "CORRUPT",
      hint: expect.stringContaining(PIN) as string,
    });
  });
});

describe("where nothing outside the folder knows the vault", () => {
  const bare = without(VAULT.world, KEYFILE, PIN);

  test("it is taken as it is, and that is said", async () => {
    const { warnings } = await unlock(bare, VAULT, PASSPHRASE);
    expect(warnings).toEqual([expect.stringContaining("nothing outside") as string]);
  });

  test("a damaged pin is no leave to do so", async () => {
    const damaged = without(VAULT.world, KEYFILE);
    damaged.poke(PIN, Buffer.from("{}"));
    await expect(unlock(damaged, VAULT, PASSPHRASE)).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining(PIN) as string,
      hint: expect.stringContaining(`rm ${PIN}`) as string,
    });
    expect(await codeOf(unlock(damaged, VAULT))).toBe("LOCKED");
    damaged.poke(KEYFILE, VAULT.world.peek(KEYFILE));
    expect(await codeOf(unlock(damaged, VAULT))).toBe("opened");
  });
});
