import { createHash, createSecretKey } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import { moveAside, shellWord, StrongroomError } from "@strongroom/client/protocol";
import { mac, sameBytes } from "../keys/data-key.ts";
import type { DataKey } from "../keys/data-key.ts";
import { discard, readWhole, writeAll } from "./bytes.ts";
import type { Disk, DiskFile } from "./disk.ts";
import type { Position } from "./frame.ts";
import { codeOf, isScarce, trouble } from "./trouble.ts";

const MAGIC = Buffer.from("SRMARK01", "latin1");

/** magic 8, vault id 16, key check 16, epoch 8, sequence 8, tag 16, checksum 8, MAC 32. */
const MARK_BYTES = 112;
const CHECKSUM_AT = 72;
const MAC_AT = 80;

/** The furthest that the vault was seen to be. */
export interface Seen {
  readonly epoch: bigint;
  readonly position: Position;
}

/** Where the mark of a vault is kept: outside it, by its place and its id. */
export function markPath(stateFolder: string, vaultFolder: string, vaultId: Buffer): string {
  const place = createHash("sha256").update(vaultFolder).update("\0").update(vaultId);
  return join(stateFolder, `${place.digest("hex").slice(0, 16)}.mark`);
}

/** A mark's bytes. `macKey` saves deriving it anew. */
export function encodeMark(seen: Seen, key: DataKey, macKey: KeyObject = macKeyOf(key)): Buffer {
  const bytes = Buffer.alloc(MARK_BYTES);
  MAGIC.copy(bytes, 0);
  key.vaultId.copy(bytes, 8);
  key.check.copy(bytes, 24);
  bytes.writeBigUInt64BE(seen.epoch, 40);
  bytes.writeBigUInt64BE(BigInt(seen.position.sequence), 48);
  seen.position.tag.copy(bytes, 56);
  checksum(bytes).copy(bytes, CHECKSUM_AT);
  mac(macKey, bytes.subarray(0, MAC_AT)).copy(bytes, MAC_AT);
  return bytes;
}

/**
 * The mark as it stands; undefined when it is missing or damaged, which is reported and mended
 * and no reason to refuse. One that is there and cannot be read is `UNAVAILABLE`: what is done
 * without a mark is for good. A whole one of another data key is `ROLLED_BACK`; `before` is that
 * from which an unfinished rekey comes, whose mark may still stand.
 */
export async function readMark(
  disk: Disk,
  path: string,
  key: DataKey,
  before?: DataKey,
): Promise<Seen | undefined> {
  const bytes = await readOrNothing(disk, path);
  if (bytes?.length !== MARK_BYTES || !bytes.subarray(0, 8).equals(MAGIC)) return undefined;
  if (!sameBytes(checksum(bytes), bytes.subarray(CHECKSUM_AT, MAC_AT))) return undefined;
  const maker = [key, before].find((each) => each?.check.equals(bytes.subarray(24, 40)));
  if (maker === undefined) {
    throw older(path, "the vault was last seen with another data key");
  }
  const expected = mac(macKeyOf(maker), bytes.subarray(0, MAC_AT));
  if (!sameBytes(expected, bytes.subarray(MAC_AT))) return undefined;
  return {
    epoch: bytes.readBigUInt64BE(40),
    position: {
      sequence: Number(bytes.readBigUInt64BE(48)),
      tag: Buffer.from(bytes.subarray(56, CHECKSUM_AT)),
    },
  };
}

/** Throws `ROLLED_BACK` when the state is older than the mark, or another one of its age. */
export function compareWithMark(state: Position, seen: Seen | undefined, path: string): void {
  if (seen === undefined) return;
  const { sequence, tag } = seen.position;
  if (state.sequence < sequence) {
    throw older(
      path,
      `the vault was seen at change ${sequence} and is at ${state.sequence} now: it is an older copy`,
    );
  }
  if (state.sequence === sequence && !state.tag.equals(tag)) {
    throw older(path, `change ${sequence} of the vault is not the one that was seen`);
  }
}

/** An owner may have put it there, and then it is the mark that is in the way. */
function older(path: string, what: string): StrongroomError {
  return new StrongroomError("ROLLED_BACK", `${path}: ${what}`, {
    hint: `put the newer files back, then: strongroom daemon restart; or, if you put this copy here yourself: rm ${shellWord(path)}; strongroom daemon restart; or save what is here: strongroom repair --to EMPTYDIR`,
  });
}

/** The mark of a vault that is being served: moved after the replies, never synced. */
export class Mark {
  readonly #file: DiskFile;
  readonly #key: DataKey;
  readonly #macKey: KeyObject;

  private constructor(file: DiskFile, key: DataKey) {
    this.#file = file;
    this.#key = key;
    this.#macKey = macKeyOf(key);
  }

  /** Puts a new mark in place of whatever is there, durably. */
  static async publish(disk: Disk, path: string, seen: Seen, key: DataKey): Promise<Mark> {
    const temporary = `${path}.tmp`;
    await discard(disk, temporary);
    const file = await disk.create(temporary);
    try {
      writeAll(file, encodeMark(seen, key), 0);
      await file.sync();
      await disk.rename(temporary, path);
      await disk.syncFolder(join(path, ".."));
    } catch (error) {
      await file.close();
      throw error;
    }
    return new Mark(file, key);
  }

  /** One write in place. */
  move(seen: Seen): void {
    writeAll(this.#file, encodeMark(seen, this.#key, this.#macKey), 0);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function macKeyOf(key: DataKey): KeyObject {
  return createSecretKey(key.derive("mark"));
}

function checksum(bytes: Buffer): Buffer {
  return createHash("sha256").update(bytes.subarray(0, CHECKSUM_AT)).digest().subarray(0, 8);
}

async function readOrNothing(disk: Disk, path: string): Promise<Buffer | undefined> {
  try {
    return await readWhole(disk, path);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT") return undefined;
    throw code === undefined ? error : unreadable(path, error);
  }
}

function unreadable(path: string, cause: unknown): StrongroomError {
  const { code, message } = trouble(cause, path);
  const hint = isScarce(cause)
    ? "raise the limit (ulimit -n), then: strongroom daemon restart"
    : `mend what is there, then: strongroom daemon restart; or, to do without it, and have all OAuth credentials shared: ${moveAside(path)}; strongroom daemon restart`;
  return new StrongroomError(code, `${message}: it tells the vault from an older copy of it`, {
    hint,
    cause,
  });
}
