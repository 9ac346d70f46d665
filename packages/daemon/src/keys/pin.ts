import { createHash } from "node:crypto";
import { join } from "node:path";
import { discard, readWhole, writeNew } from "../storage/bytes.ts";
import type { Disk } from "../storage/disk.ts";
import { codeOf } from "../storage/trouble.ts";

const TEXT =
  /^\{"format":1,"vault":"([0-9a-f]{32})","check":"([0-9a-f]{32})","commands":\[((?:"[0-9a-f]{64}",?)*)\](?:,"slots":\[((?:"[0-9a-f]{64}",?)+)\])?\}\n$/;
const DIGEST = /[0-9a-f]{64}/g;

/** What is known of a vault outside its own folder, by its place alone. */
export interface Pin {
  readonly vaultId: Buffer;
  /** The check value of its data key. */
  readonly check: Buffer;
  /** Digests of the programs that may be run for its key: slots cannot be believed before. */
  readonly commands: readonly string[];
  /**
   * Digests of the lists of slots that may stand in `slots.json`: one, and others while it changes.
   * Undefined where nobody has noted any: then any that authenticates may.
   */
  readonly slots?: readonly string[] | undefined;
}

/** The pin; undefined when there is none, `damaged` when it cannot be understood. */
export async function readPin(disk: Disk, path: string): Promise<Pin | "damaged" | undefined> {
  let bytes: Buffer;
  try {
    bytes = await readWhole(disk, path);
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const [, vault, check, commands = "", slots] = TEXT.exec(bytes.toString("utf8")) ?? [];
  if (vault === undefined || check === undefined) return "damaged";
  return {
    vaultId: Buffer.from(vault, "hex"),
    check: Buffer.from(check, "hex"),
    commands: commands.match(DIGEST) ?? [],
    slots: slots?.match(DIGEST) ?? undefined,
  };
}

/** Puts a pin in place of whatever is there, durably; nothing is written when it says so already. */
export async function writePin(disk: Disk, path: string, pin: Pin): Promise<void> {
  const text = pinText(pin);
  const now = await readPin(disk, path);
  if (now !== undefined && now !== "damaged" && pinText(now) === text) return;
  const temporary = `${path}.tmp`;
  await discard(disk, temporary);
  await writeNew(disk, temporary, Buffer.from(text));
  await disk.rename(temporary, path);
  await disk.syncFolder(join(path, ".."));
}

/** What stands in a pin for a program and its arguments. */
export function commandDigest(argv: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(argv)).digest("hex");
}

function pinText({ vaultId, check, commands, slots }: Pin): string {
  const body = {
    format: 1,
    vault: vaultId.toString("hex"),
    check: check.toString("hex"),
    commands: commands.toSorted(),
    ...(slots === undefined ? {} : { slots }),
  };
  return `${JSON.stringify(body)}\n`;
}
