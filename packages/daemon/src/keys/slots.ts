import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { discard, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { FORMAT, unsupported } from "../storage/header.ts";
import { FILES } from "../storage/names.ts";
import { corrupt } from "../storage/trouble.ts";
import { mac, sameBytes } from "./data-key.ts";
import type { DataKey } from "./data-key.ts";
import type { Slot } from "./slot.ts";

const TEXT = /^\{"body":(\{.*\}),"mac":"([0-9a-f]{64})"(?:,"next":"([0-9a-f]{64})")?\}\n$/;
/** What the keys of the two seals are derived for. */
const PURPOSE = { mac: "slots", nextMac: "slots of the key before" } as const;

/** All ways to the data key of one vault. */
export interface Slots {
  readonly vaultId: Buffer;
  readonly slots: readonly Slot[];
  /** Over all the rest, keyed by the data key: no slot can be added from outside. */
  readonly mac: Buffer;
  /**
   * The same by the data key that follows, while each slot leads to both. Without it nothing says
   * that who knows that key has written this: what it is wrapped in can be copied by anybody.
   */
  readonly nextMac?: Buffer;
}

/** The text of `slots.json`; with `next` while that is to follow the data key. */
export function slotsText(slots: readonly Slot[], key: DataKey, next?: DataKey): string {
  const body = bodyText(key.vaultId, slots);
  const seal = mac(key.derive(PURPOSE.mac), Buffer.from(body)).toString("hex");
  const followed =
    next === undefined
      ? ""
      : `,"next":"${mac(next.derive(PURPOSE.nextMac), Buffer.from(body)).toString("hex")}"`;
  return `{"body":${body},"mac":"${seal}"${followed}}\n`;
}

/** What a pin knows a list of slots by: SHA-256 of the body, 64 hex digits. */
export function listDigest(vaultId: Buffer, slots: readonly Slot[]): string {
  return createHash("sha256").update(bodyText(vaultId, slots)).digest("hex");
}

/** Takes `slots.json` apart; nothing in it is authenticated before `unlock`. */
export function parseSlots(bytes: Buffer, path: string): Slots {
  const text = bytes.toString("utf8");
  const match = TEXT.exec(text);
  const body = match === null ? undefined : parseBody(match[1] ?? "", path);
  if (match === null || body === undefined) throw corrupt(path, "it is damaged");
  const [, , seal = "", nextSeal] = match;
  const followed = nextSeal === undefined ? {} : { nextMac: Buffer.from(nextSeal, "hex") };
  return { ...body, mac: Buffer.from(seal, "hex"), ...followed };
}

/**
 * Throws `CORRUPT` when the slots are not what the holder of the data key wrote; with `which`
 * `nextMac` of the one that follows it.
 */
export function authenticateSlots(
  slots: Slots,
  key: DataKey,
  path: string,
  which: "mac" | "nextMac" = "mac",
): void {
  const body = Buffer.from(bodyText(slots.vaultId, slots.slots));
  const seal = slots[which];
  if (seal !== undefined && sameBytes(mac(key.derive(PURPOSE[which]), body), seal)) return;
  throw corrupt(path, "it does not authenticate");
}

/** Writes the first `slots.json` and its copy, durably. */
export async function createSlots(disk: Disk, folder: string, text: string): Promise<void> {
  await writeNew(disk, join(folder, FILES.slots), Buffer.from(text));
  await writeNew(disk, join(folder, FILES.slotsPrevious), Buffer.from(text));
  await disk.syncFolder(folder);
}

/** Replaces `slots.json`, then its copy: what stood there is nowhere any more. */
export async function replaceBoth(disk: Disk, folder: string, text: string): Promise<void> {
  await replaceOne(disk, folder, FILES.slots, text);
  await replaceOne(disk, folder, FILES.slotsPrevious, text);
}

/** Replaces a small file of the vault folder by way of a temporary one, durably. */
export async function replaceOne(
  disk: Disk,
  folder: string,
  name: typeof FILES.restored | typeof FILES.slots | typeof FILES.slotsPrevious,
  text: string,
): Promise<void> {
  const temporary = join(folder, FILES.slotsTemporary);
  await discard(disk, temporary);
  await writeNew(disk, temporary, Buffer.from(text));
  const path = join(folder, name);
  await disk.rename(temporary, path);
  await disk.syncFolder(dirname(path));
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
