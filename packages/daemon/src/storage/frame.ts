import { createCipheriv, createDecipheriv } from "node:crypto";
import type { KeyObject } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";

/** What every frame begins with. */
export const FRAME_MAGIC: Buffer = Buffer.from("SRFRAME1", "latin1");

/** magic 8, epoch 8, sequence 8, nonce 8, length 4, key id 4, previous tag 16. */
export const FRAME_HEADER_BYTES = 56;

/** Bytes of a tag, which is also what the next frame chains to. */
export const TAG_BYTES = 16;

/** The longest payload: a frame with all its parts is at most 4 MiB. */
export const MAX_PAYLOAD_BYTES: number = 4_194_304 - FRAME_HEADER_BYTES - TAG_BYTES;

/** NIST SP 800-38D allows 2^32 seals a key; we stop at half of that. */
const MAX_SEALS = 2 ** 31;

/** A place in the chain of frames: how many there were, and the tag of the last. */
export interface Position {
  readonly sequence: number;
  readonly tag: Buffer;
}

/** Where the chain begins. */
export const ORIGIN: Position = { sequence: 0, tag: Buffer.alloc(TAG_BYTES) };

/** What the frames of one journal have in common. */
export interface FrameKey {
  readonly key: KeyObject;
  readonly epoch: bigint;
  readonly vaultId: Buffer;
  readonly keyId: Buffer;
}

/** A frame that authenticates. */
export interface OpenedFrame {
  readonly sequence: number;
  readonly previousTag: Buffer;
  readonly tag: Buffer;
  readonly payload: Buffer;
  /** Bytes of the whole frame. */
  readonly length: number;
}

/** Seals frames of one epoch; its nonce rises with every attempt, whatever becomes of it. */
export class FrameSealer {
  readonly #key: FrameKey;
  #nonce = 0;

  constructor(key: FrameKey) {
    this.#key = key;
  }

  /** The frame that follows `previous`, ready to be written. */
  seal(payload: Uint8Array, previous: Position): Buffer {
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new StrongroomError("TOO_LARGE", "a frame holds at most 4 MiB", {
        hint: "split the batch",
      });
    }
    this.#nonce += 1;
    if (this.#nonce > MAX_SEALS) {
      throw new StrongroomError("INTERNAL", "this epoch has sealed all the frames that it may", {
        hint: "strongroom daemon restart",
      });
    }
    const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length + TAG_BYTES);
    FRAME_MAGIC.copy(frame, 0);
    frame.writeBigUInt64BE(this.#key.epoch, 8);
    frame.writeBigUInt64BE(BigInt(previous.sequence + 1), 16);
    frame.writeBigUInt64BE(BigInt(this.#nonce), 24);
    frame.writeUInt32BE(payload.length, 32);
    this.#key.keyId.copy(frame, 36, 0, 4);
    previous.tag.copy(frame, 40);
    const cipher = createCipheriv("aes-256-gcm", this.#key.key, nonceOf(frame));
    cipher.setAAD(associated(frame, this.#key.vaultId));
    cipher.update(payload).copy(frame, FRAME_HEADER_BYTES);
    cipher.final();
    cipher.getAuthTag().copy(frame, frame.length - TAG_BYTES);
    return frame;
  }
}

/** The length of the frame that a header announces; undefined when it is no header of ours. */
export function announcedLength(header: Buffer, key: FrameKey): number | undefined {
  if (header.length < FRAME_HEADER_BYTES) return undefined;
  if (!header.subarray(0, 8).equals(FRAME_MAGIC)) return undefined;
  if (header.readBigUInt64BE(8) !== key.epoch) return undefined;
  const payload = header.readUInt32BE(32);
  if (payload > MAX_PAYLOAD_BYTES) return undefined;
  return FRAME_HEADER_BYTES + payload + TAG_BYTES;
}

/** Opens a whole frame; undefined when it does not authenticate. */
export function openFrame(frame: Buffer, key: FrameKey): OpenedFrame | undefined {
  const tag = frame.subarray(frame.length - TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", key.key, nonceOf(frame));
  decipher.setAAD(associated(frame, key.vaultId));
  decipher.setAuthTag(tag);
  const payload = decipher.update(frame.subarray(FRAME_HEADER_BYTES, frame.length - TAG_BYTES));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return {
    sequence: Number(frame.readBigUInt64BE(16)),
    previousTag: Buffer.from(frame.subarray(40, 56)),
    tag: Buffer.from(tag),
    payload,
    length: frame.length,
  };
}

function nonceOf(frame: Buffer): Buffer {
  const nonce = Buffer.alloc(12);
  frame.copy(nonce, 4, 24, 32);
  return nonce;
}

function associated(frame: Buffer, vaultId: Buffer): Buffer {
  return Buffer.concat([frame.subarray(0, FRAME_HEADER_BYTES), vaultId]);
}
