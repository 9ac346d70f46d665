import type { Disk, DiskFile } from "./disk.ts";

/** Files that are read whole are small; anything longer is not one of ours. */
const WHOLE_FILE_BYTES = 1_048_576;

const ZEROS_BYTES = 1_048_576;

/** Hands all bytes to the system, however few it takes at a time. Throws what `write` throws. */
export function writeAll(file: DiskFile, bytes: Uint8Array, position: number): void {
  let taken = 0;
  while (taken < bytes.length) {
    const more = file.write(bytes.subarray(taken), position + taken);
    if (more <= 0) throw new Error(`${file.path}: the system takes no bytes`);
    taken += more;
  }
}

/** Writes zeros from one place to another, in parts of at most 1 MiB with a pause after each. */
export async function writeZeros(
  file: DiskFile,
  place: { readonly from: number; readonly to: number; readonly pause: () => Promise<void> },
): Promise<void> {
  for (let at = place.from; at < place.to; at += ZEROS_BYTES) {
    writeAll(file, Buffer.alloc(Math.min(ZEROS_BYTES, place.to - at)), at);
    await place.pause();
  }
}

/** A small file's content, at most 1 MiB and a byte; throws what `open` throws. */
export async function readWhole(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.open(path);
  try {
    return await file.read(0, WHOLE_FILE_BYTES + 1);
  } finally {
    await file.close();
  }
}

/** Makes a new file with this content, durable but for its name. */
export async function writeNew(disk: Disk, path: string, content: Uint8Array): Promise<void> {
  const file = await disk.create(path);
  try {
    writeAll(file, content, 0);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Removes a file if it is there. */
export async function discard(disk: Disk, path: string): Promise<void> {
  if (disk.identify(path) !== undefined) await disk.unlink(path);
}

/** Whether all bytes are zero. */
export function isZero(bytes: Uint8Array): boolean {
  const zeros = Buffer.alloc(Math.min(bytes.length, 65_536));
  for (let offset = 0; offset < bytes.length; offset += zeros.length) {
    const part = bytes.subarray(offset, offset + zeros.length);
    if (zeros.compare(part, 0, part.length, 0, part.length) !== 0) return false;
  }
  return true;
}
