import { createHash } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import type { SlotEntry } from "@strongroom/client/protocol";
import { corrupt } from "../storage/trouble.ts";
import { isRecipient, unwrap, wrap } from "./age.ts";
import { DataKey, KEY_BYTES } from "./data-key.ts";

/**
 * One way to the data key: an age file of 32 bytes for one recipient. Kinds and fields that only
 * a later release knows are kept as they are.
 */
export interface Slot {
  readonly type: string;
  readonly recipient?: string;
  readonly label?: string;
  /** Milliseconds since 1970. */
  readonly addedAt?: number;
  /** `passphrase`: the identity, sealed with the passphrase; an age file in base64. */
  readonly sealed?: string;
  /** `command`: the program whose first line of output is the identity, and its arguments. */
  readonly argv?: readonly string[];
  /** base64 */
  readonly wrapped: string;
  /** While the vault is given a new data key: that one, wrapped in the same way. */
  readonly next?: string;
  /** Tells damage from a wrong key; says nothing of who wrote it. */
  readonly sum?: string;
}

/** Whose slot it is, and what it is called. */
export type Recipient = Pick<Slot, "addedAt" | "label"> & { readonly recipient: string };

/** What a slot is, before the data key is in it. */
export type Blank = Omit<Slot, "next" | "recipient" | "sum" | "wrapped"> & {
  readonly recipient: string;
};

const SUMMED: readonly string[] = ["command", "keychain", "passphrase"];

/** A slot for the data key; `INVALID` when it is for no recipient. */
export async function fill(blank: Blank, key: DataKey): Promise<Slot> {
  return summed({ ...blank, wrapped: await wrapped(key, blank.recipient) });
}

/** The slot with another data key beside its own. */
export async function withNext(slot: Slot, key: DataKey): Promise<Slot> {
  return summed({ ...slot, next: await wrapped(key, slot.recipient ?? "") });
}

/** The slot without the other data key, or with that alone. */
export function settled(slot: Slot, which: "next" | "wrapped"): Slot {
  const { next, ...rest } = slot;
  return summed(which === "next" && next !== undefined ? { ...rest, wrapped: next } : rest);
}

/** What a slot is called: it stays the same when the data key is wrapped anew. */
export function slotId(slot: Slot): string {
  const unique = slot.recipient ?? slot.wrapped;
  return createHash("sha256").update(unique).digest("hex").slice(0, 16);
}

/** What is told of a slot: nothing that it wraps. */
export function entryOf(slot: Slot): SlotEntry {
  const { type, recipient, label, addedAt, argv } = slot;
  return {
    slot: slotId(slot),
    type,
    ...(recipient === undefined ? {} : { recipient }),
    ...(label === undefined ? {} : { label }),
    ...(addedAt === undefined ? {} : { addedAt }),
    ...(argv === undefined ? {} : { argv }),
  };
}

/** Whom backups are for: whoever can be encrypted to. */
export function recipientsOf(slots: readonly Slot[]): readonly string[] {
  return slots.flatMap(({ recipient }) => recipient ?? []);
}

/** Whether a slot can be what was written: nobody's key is needed to see most damage. */
export async function isSound(slot: Slot): Promise<boolean> {
  if (SUMMED.includes(slot.type)) return slot.sum === summed(slot).sum;
  if (!["keyfile", "recipient"].includes(slot.type)) return true;
  return slot.recipient !== undefined && (await isRecipient(slot.recipient));
}

/**
 * The data key in a slot, by its identity. Age names no reason when a file is for another: here
 * the slot says whom it is for, so that what does not open is damaged, `CORRUPT`.
 */
export async function openSlot(
  slot: Pick<Slot, "wrapped">,
  identity: string,
  vaultId: Buffer,
  path: string,
): Promise<DataKey> {
  const bytes = await opened(slot.wrapped, identity, path);
  if (bytes.length !== KEY_BYTES) throw corrupt(path, "it wraps no data key");
  const key = new DataKey(bytes, vaultId);
  bytes.fill(0);
  return key;
}

async function opened(text: string, identity: string, path: string): Promise<Uint8Array> {
  try {
    return await unwrap(Buffer.from(text, "base64"), identity, path);
  } catch (error) {
    if (!(error instanceof StrongroomError) || error.code !== "WRONG_KEY") throw error;
    throw corrupt(path, "a slot does not open with its own key", error);
  }
}

function summed(slot: Slot): Slot {
  const { sum: _, ...rest } = slot;
  if (!SUMMED.includes(slot.type)) return slot;
  const digest = createHash("sha256").update(JSON.stringify(rest)).digest("hex");
  return { ...rest, sum: digest.slice(0, 16) };
}

async function wrapped(key: DataKey, recipient: string): Promise<string> {
  const bytes = key.export();
  try {
    return Buffer.from(await wrap(bytes, [recipient])).toString("base64");
  } finally {
    bytes.fill(0);
  }
}
