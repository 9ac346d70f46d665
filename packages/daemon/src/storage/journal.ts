import { fresh, KEY_BYTES } from "../keys/data-key.ts";
import type { DataKey } from "../keys/data-key.ts";
import { writeAll, writeZeros } from "./bytes.ts";
import type { Disk, DiskFile, Identity } from "./disk.ts";
import { FrameSealer, TAG_BYTES } from "./frame.ts";
import type { FrameKey, Position } from "./frame.ts";
import { HEADER_BYTES, sealHeader } from "./header.ts";
import type { Header } from "./header.ts";
import { diskFull, isFull } from "./trouble.ts";

const GROWTH_BYTES = 1_048_576;
const RESERVE_BYTES = 65_536;

/** What a new journal needs to know. */
export interface JournalInput {
  readonly disk: Disk;
  readonly path: string;
  readonly key: DataKey;
  readonly epoch: bigint;
  readonly position: Position;
  /** Bytes zeroed in advance, so that a full disk shows before a frame and syncs stay cheap. */
  readonly preallocate: number;
  /** Awaited between parts, to let others run. */
  readonly pause: () => Promise<void>;
  /** A file of `preallocate` durable zeros in the same folder, to be used instead of a new one. */
  readonly spare?: DiskFile | undefined;
}

/** The keys of a journal's frames. */
export function frameKey(header: Header, key: DataKey): FrameKey {
  return {
    key: key.fileKey("journal", header.salt, header.epoch),
    epoch: header.epoch,
    vaultId: key.vaultId,
    keyId: key.check.subarray(0, 4),
  };
}

/** The journal of an epoch that this process claimed, open for appending. */
export class Journal {
  readonly path: string;
  readonly salt: Buffer;
  readonly identity: Identity;
  readonly #file: DiskFile;
  readonly #sealer: FrameSealer;
  readonly #chunk: number;
  readonly #reserve: number;
  #room: number;
  #end = HEADER_BYTES;
  #position: Position;
  #frames = 0;

  private constructor(file: DiskFile, header: Header, input: JournalInput) {
    this.#file = file;
    this.#sealer = new FrameSealer(frameKey(header, input.key));
    this.path = input.path;
    this.salt = header.salt;
    this.identity = file.identity();
    this.#room = input.preallocate;
    this.#chunk = Math.min(GROWTH_BYTES, input.preallocate);
    this.#reserve = Math.min(RESERVE_BYTES, input.preallocate >> 2);
    this.#position = header.position;
  }

  /**
   * Makes `journal.<E>`: header, zeros, fsync; a spare gets its name last. The name is not
   * durable yet.
   */
  static async create(input: JournalInput): Promise<Journal> {
    const binding = Buffer.alloc(KEY_BYTES);
    binding.writeBigUInt64BE(BigInt(input.preallocate), 0);
    const { epoch, position } = input;
    const header: Header = { kind: "journal", epoch, position, salt: fresh(KEY_BYTES), binding };
    const { spare, preallocate, pause } = input;
    const file = spare ?? (await input.disk.create(input.path));
    try {
      writeAll(file, sealHeader(header, input.key), 0);
      if (spare === undefined)
        await writeZeros(file, { from: HEADER_BYTES, to: preallocate, pause });
      await file.sync();
      if (spare !== undefined) await input.disk.rename(spare.path, input.path);
      return new Journal(file, header, input);
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The last frame. */
  get position(): Position {
    return this.#position;
  }

  /** Bytes used, header included. */
  get end(): number {
    return this.#end;
  }

  /** Frames appended. */
  get frames(): number {
    return this.#frames;
  }

  /**
   * Appends one frame; it is durable when this resolves, and `advance` makes it the last.
   * `DISK_FULL` and `TOO_LARGE` mean that nothing was written; after any other error nobody
   * knows what is on the disk, and this journal must not be used again.
   */
  async append(payload: Uint8Array, reserve: boolean): Promise<() => void> {
    const frame = this.#sealer.seal(payload, this.#position);
    const kept = reserve ? 0 : this.#reserve;
    while (this.#end + frame.length + kept > this.#room) await this.#grow();
    this.#write(frame);
    await this.#file.datasync();
    const tag = Buffer.from(frame.subarray(frame.length - TAG_BYTES));
    return () => {
      this.#end += frame.length;
      this.#position = { sequence: this.#position.sequence + 1, tag };
      this.#frames += 1;
    };
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  #write(frame: Buffer): void {
    let taken = 0;
    try {
      while (taken < frame.length) {
        const more = this.#file.write(frame.subarray(taken), this.#end + taken);
        if (more <= 0) throw new Error(`${this.path}: the system takes no bytes`);
        taken += more;
      }
    } catch (error) {
      if (taken === 0 && isFull(error)) throw diskFull(this.path, error);
      throw error;
    }
  }

  /** One more chunk of zeros; where there is no room for it, nothing of a frame was written. */
  async #grow(): Promise<void> {
    const file = this.#file;
    try {
      writeAll(file, Buffer.alloc(this.#chunk), this.#room);
    } catch (error) {
      if (isFull(error)) throw diskFull(this.path, error);
      throw error;
    }
    await file.datasync();
    this.#room += this.#chunk;
  }
}
