import type { DiskFile } from "./disk.ts";

const WINDOW_BYTES = 1_048_576;

/** Reads a file front to back through a window, so that small reads cost no trip to the disk. */
export class Window {
  readonly size: number;
  readonly #file: DiskFile;
  #start = 0;
  #bytes: Buffer = Buffer.alloc(0);

  private constructor(file: DiskFile, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** A window over a file of at most `limit` bytes as it is now. */
  static async over(file: DiskFile, limit: number = Number.MAX_SAFE_INTEGER): Promise<Window> {
    return new Window(file, Math.min(await file.size(), limit));
  }

  /** The bytes if they are in the window; else undefined: `load` them first. */
  peek(position: number, length: number): Buffer | undefined {
    const offset = position - this.#start;
    if (offset < 0 || offset + length > this.#bytes.length) return undefined;
    return this.#bytes.subarray(offset, offset + length);
  }

  /** The bytes from `position`, fewer at the end of the file. Earlier results stay valid. */
  async load(position: number, length: number): Promise<Buffer> {
    const wanted = Math.max(0, Math.min(length, this.size - position));
    const near = this.peek(position, wanted);
    if (near !== undefined) return near;
    const ahead = Math.min(Math.max(wanted, WINDOW_BYTES), this.size - position);
    this.#bytes = await this.#file.read(position, ahead);
    this.#start = position;
    return this.#bytes.subarray(0, wanted);
  }
}
