import { join } from "node:path";
import { moveAside, StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import { FILES } from "../storage/names.ts";
import { newIdentity, recipientOf, seal } from "./age.ts";
import type { DataKey } from "./data-key.ts";
import { publishKeyfile, readKeyfile } from "./keyfile.ts";
import type { KeyFolders } from "./settle.ts";
import { fill, openSlot } from "./slot.ts";
import type { Blank, Slot } from "./slot.ts";
import { accountOf, passphraseIdentity, recipientOrNothing } from "./ways.ts";
import type { Sources } from "./ways.ts";

/** What a new slot is made with. */
export interface SlotGround {
  readonly folders: KeyFolders;
  readonly key: DataKey;
  readonly sources: Sources;
  readonly slots: readonly Slot[];
  readonly now: number;
}

type Asked = Params<"slot/add">;

/**
 * The slot that was asked for, proved: the data key was opened through it, by the very way that
 * it will be opened. Where only a recipient is known, whoever has the identity must do that.
 * Undefined when there is one for it already.
 */
export async function newSlot(ground: SlotGround, asked: Asked): Promise<Slot | undefined> {
  const { label } = asked;
  const common = { addedAt: ground.now, ...(label === undefined ? {} : { label }) };
  const named = (type: string, recipient: string): Blank => ({ type, recipient, ...common });
  switch (asked.type) {
    case "recipient": {
      const { recipient } = asked;
      if (find(ground.slots, recipient) !== undefined) return undefined;
      return await fill(named("recipient", recipient), ground.key);
    }
    case "passphrase":
      return await sealedSlot(ground, asked.passphrase, named);
    case "command":
      return await commandSlot(ground, asked.argv, named);
    case "keychain":
      return await keychainSlot(ground, named);
    case "keyfile":
      return await keyfileSlot(ground, named);
  }
}

/** The slot of a recipient. */
export function find(slots: readonly Slot[], recipient: string | undefined): Slot | undefined {
  return recipient === undefined ? undefined : slots.find((slot) => slot.recipient === recipient);
}

type Named = (type: string, recipient: string) => Blank;

async function sealedSlot(ground: SlotGround, typed: string, named: Named): Promise<Slot> {
  const passphrase = Buffer.from(typed);
  const identity = await newIdentity();
  const sealed = Buffer.from(await seal(identity, passphrase, ground.sources.logN)).toString(
    "base64",
  );
  const blank = { ...named("passphrase", await recipientOf(identity)), sealed };
  const slot = await fill(blank, ground.key);
  const opened = await passphraseIdentity(slot, passphrase, "the new slot");
  passphrase.fill(0);
  return await proved(slot, opened, ground.key);
}

async function commandSlot(
  ground: SlotGround,
  argv: readonly string[],
  named: Named,
): Promise<Slot | undefined> {
  const identity = await ground.sources.program(argv, undefined);
  const recipient = await recipientOrNothing(identity);
  if (recipient === undefined) throw noIdentity();
  if (find(ground.slots, recipient) !== undefined) throw taken("this key has a slot already");
  const slot = await fill({ ...named("command", recipient), argv }, ground.key);
  return await proved(slot, identity, ground.key);
}

async function keychainSlot(ground: SlotGround, named: Named): Promise<Slot> {
  const { slots, sources, key } = ground;
  if (slots.some(({ type }) => type === "keychain"))
    throw taken("there is a keychain slot already");
  const account = accountOf(key.vaultId);
  const identity = await newIdentity();
  await sources.keychain.write(account, identity);
  const slot = await fill(named("keychain", await recipientOf(identity)), key);
  return await proved(slot, await sources.keychain.read(account), key);
}

async function keyfileSlot(ground: SlotGround, named: Named): Promise<Slot | undefined> {
  const { folders, key, slots } = ground;
  const path = join(folders.config, FILES.keyfile);
  const aside = moveAside(path);
  const there = await readKeyfile(folders.disk, path).catch((error: unknown) => {
    const isDamaged = error instanceof StrongroomError && error.code === "CORRUPT";
    throw isDamaged ? taken(`${path} is there already, and damaged`, aside) : error;
  });
  const isOurs = there?.vaultId.equals(key.vaultId) === true;
  if (isOurs && find(slots, there.recipient) !== undefined) return undefined;
  if (there !== undefined) {
    throw taken(`${path} is there already, and opens nothing here`, aside);
  }
  const identity = await newIdentity();
  const recipient = await recipientOf(identity);
  const { vaultId, check } = key;
  await publishKeyfile(folders.disk, { path, identity, recipient, vaultId, check });
  const slot = await fill(named("keyfile", recipient), key);
  const read = await readKeyfile(folders.disk, path);
  return await proved(slot, read?.identity ?? "", key);
}

async function proved(slot: Slot, identity: string, key: DataKey): Promise<Slot> {
  const opened = await openSlot(slot, identity, key.vaultId, "the new slot");
  if (opened.check.equals(key.check)) return slot;
  throw new StrongroomError("CORRUPT", "the new slot does not open with its key", {
    hint: "try again; if it fails again: strongroom verify",
  });
}

function noIdentity(): StrongroomError {
  return new StrongroomError("INVALID", "the program's first line is no age identity", {
    hint: "let it print the line that begins with AGE-SECRET-KEY-1; age-keygen makes one",
  });
}

function taken(what: string, hint = "strongroom slot list"): StrongroomError {
  return new StrongroomError("ALREADY_EXISTS", what, { hint });
}
