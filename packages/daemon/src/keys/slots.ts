import { createHash } from "node:crypto";
import { join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { discard, readWhole, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FORMAT, unsupported } from "../storage/header.ts";
import { FILES } from "../storage/names.ts";
import { corrupt } from "../storage/trouble.ts";
import { unwrap, wrap } from "./age.ts";
import { DataKey, KEY_BYTES, mac, sameBytes } from "./data-key.ts";
import type { Keyfile } from "./keyfile.ts";

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
  /** base64 */
  readonly wrapped: string;
}

/** Whose slot it is, and what it is called. */
export type Recipient = Pick<Slot, "addedAt" | "label"> & { readonly recipient: string };

/** All ways to the data key of one vault. */
export interface Slots {
  readonly vaultId: Buffer;
  readonly slots: readonly Slot[];
  /** Over all the rest, keyed by the data key: no slot can be added from outside. */
  readonly mac: Buffer;
}

/** A slot that opens with a key file's identity. */
export async function keyfileSlot(key: DataKey, recipient: string): Promise<Slot> {
  return { type: "keyfile", recipient, wrapped: await wrapped(key, recipient) };
}

/** A slot for somebody who keeps the identity elsewhere; `INVALID` when it is no recipient. */
export async function recipientSlot(key: DataKey, whose: Recipient): Promise<Slot> {
  const { recipient, label, addedAt } = whose;
  return {
    type: "recipient",
    recipient,
    ...(label === undefined ? {} : { label }),
    ...(addedAt === undefined ? {} : { addedAt }),
    wrapped: await wrapped(key, recipient),
  };
}

/** What a slot is called: it stays the same when the data key is wrapped anew. */
export function slotId(slot: Slot): string {
  const unique = slot.recipient ?? slot.wrapped;
  return createHash("sha256").update(unique).digest("hex").slice(0, 16);
}

/** Whom backups are for: whoever can be encrypted to. */
export function recipientsOf(slots: readonly Slot[]): readonly string[] {
  return slots.flatMap(({ recipient }) => recipient ?? []);
}

async function wrapped(key: DataKey, recipient: string): Promise<string> {
  const bytes = key.export();
  try {
    return Buffer.from(await wrap(bytes, [recipient])).toString("base64");
  } finally {
    bytes.fill(0);
  }
}

/** The text of `slots.json`. */
export function slotsText(slots: readonly Slot[], key: DataKey): string {
  const body = bodyText(key.vaultId, slots);
  const seal = mac(key.derive("slots"), Buffer.from(body)).toString("hex");
  return `{"body":${body},"mac":"${seal}"}\n`;
}

/** Takes `slots.json` apart; nothing in it is authenticated before `unlock`. */
export function parseSlots(bytes: Buffer, path: string): Slots {
  const text = bytes.toString("utf8");
  const match = /^\{"body":(\{.*\}),"mac":"([0-9a-f]{64})"\}\n$/.exec(text);
  const body = match === null ? undefined : parseBody(match[1] ?? "", path);
  if (match === null || body === undefined) throw corrupt(path, "it is damaged");
  return { ...body, mac: Buffer.from(match[2] ?? "", "hex") };
}

/** Opens the data key with the key file's identity, and authenticates the slots with it. */
export async function unlock(slots: Slots, keyfile: Keyfile, path: string): Promise<DataKey> {
  const slot = slots.slots.find((each) => each.recipient === keyfile.recipient);
  if (slot === undefined) {
    throw new StrongroomError("WRONG_KEY", `${keyfile.path}: no slot in ${path} opens with it`, {
      hint: "put the key file that belongs to this vault back, then: strongroom daemon restart",
    });
  }
  const bytes = await unwrap(Buffer.from(slot.wrapped, "base64"), keyfile.identity, path);
  if (bytes.length !== KEY_BYTES) throw corrupt(path, "it wraps no data key");
  const key = new DataKey(bytes, slots.vaultId);
  bytes.fill(0);
  authenticateSlots(slots, key, path);
  return key;
}

/** Throws `CORRUPT` when the slots are not what the holder of the data key wrote. */
export function authenticateSlots(slots: Slots, key: DataKey, path: string): void {
  const body = Buffer.from(bodyText(slots.vaultId, slots.slots));
  if (sameBytes(mac(key.derive("slots"), body), slots.mac)) return;
  throw corrupt(path, "it does not authenticate");
}

/** Writes the first `slots.json` and its copy, durably. */
export async function createSlots(disk: Disk, folder: string, text: string): Promise<void> {
  await writeNew(disk, join(folder, FILES.slots), Buffer.from(text));
  await writeNew(disk, join(folder, FILES.slotsPrevious), Buffer.from(text));
  await disk.syncFolder(folder);
}

/** Replaces `slots.json`, keeping the one before as the previous copy. */
export async function replaceSlots(disk: Disk, folder: string, text: string): Promise<void> {
  const current = join(folder, FILES.slots);
  const previous = join(folder, FILES.slotsPrevious);
  const temporary = join(folder, FILES.slotsTemporary);
  const before = await readWhole(disk, current);
  for (const [path, content] of [
    [previous, before],
    [current, Buffer.from(text)],
  ] as const) {
    await discard(disk, temporary);
    await writeNew(disk, temporary, content);
    await disk.rename(temporary, path);
    await disk.syncFolder(folder);
  }
}

function bodyText(vaultId: Buffer, slots: readonly Slot[]): string {
  return JSON.stringify({
    format: FORMAT,
    vault: vaultId.toString("hex"),
    slots,
  });
}

function parseBody(text: string, path: string): Pick<Slots, "slots" | "vaultId"> | undefined {
  const body = parseObject(text);
  const format = body?.["format"];
  if (typeof format === "number" && format !== FORMAT) throw unsupported(path, format);
  const vault = body?.["vault"];
  const slots = body?.["slots"];
  if (typeof vault !== "string" || !/^[0-9a-f]{32}$/.test(vault)) return undefined;
  if (!Array.isArray(slots) || !slots.every(isSlot)) return undefined;
  const vaultId = Buffer.from(vault, "hex");
  return bodyText(vaultId, slots) === text ? { vaultId, slots } : undefined;
}

function parseObject(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function isSlot(value: unknown): value is Slot {
  if (typeof value !== "object" || value === null) return false;
  const slot: Partial<Record<keyof Slot, unknown>> = value;
  return (
    typeof slot.type === "string" &&
    typeof slot.wrapped === "string" &&
    ["string", "undefined"].includes(typeof slot.recipient)
  );
}
