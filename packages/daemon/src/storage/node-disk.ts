import {
  close,
  constants,
  fdatasync,
  fstat,
  fstatSync,
  fsync,
  link,
  lstatSync,
  open,
  read,
  readdir,
  readdirSync,
  rename,
  unlink,
  writeSync,
} from "node:fs";
import type { BigIntStats } from "node:fs";
import { promisify } from "node:util";
import { pastReaders } from "../native/past-readers.ts";
import type { Disk, DiskFile, Identity } from "./disk.ts";

const openAsync = promisify(open);
const closeAsync = promisify(close);
const readAsync = promisify(read);
const fsyncAsync = promisify(fsync);
const fdatasyncAsync = promisify(fdatasync);
const fstatAsync = promisify(fstat);
const readdirAsync = promisify(readdir);
const linkAsync = promisify(link);
const renameAsync = promisify(rename);
const unlinkAsync = promisify(unlink);

// Two changes within one tick of the kernel's clock have one time; a tick is 10 ms at most.
const SETTLED_MS = 100;

/** Windows has neither flag, and no links that follow by themselves. */
const CAREFUL = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const CREATE = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | CAREFUL;
const OWNER_ONLY = 0o600;

/** The file system of this machine. The only file of the storage engine that knows `node:fs`. */
export class NodeDisk implements Disk {
  async list(folder: string): Promise<string[]> {
    return await readdirAsync(folder);
  }

  listNow(folder: string): string[] {
    return readdirSync(folder);
  }

  async create(path: string): Promise<DiskFile> {
    return new NodeFile(path, await openAsync(path, CREATE, OWNER_ONLY));
  }

  async open(path: string): Promise<DiskFile> {
    const descriptor = await openAsync(path, constants.O_RDONLY | CAREFUL);
    try {
      ownRegularFileOrThrow(fstatSync(descriptor, { bigint: true }), path);
    } catch (error) {
      await closeAsync(descriptor);
      throw error;
    }
    return new NodeFile(path, descriptor);
  }

  identify(path: string): Identity | undefined {
    const stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    return stats && identityOf(stats);
  }

  stamp(folder: string): string | undefined {
    // There the time of a folder follows when it suits the system.
    if (process.platform === "win32") return undefined;
    const { dev, ino, mtimeNs, ctimeNs, ctimeMs } = lstatSync(folder, { bigint: true });
    if (Date.now() - Number(ctimeMs) < SETTLED_MS) return undefined;
    return `${dev} ${ino} ${mtimeNs} ${ctimeNs}`;
  }

  async link(existing: string, path: string): Promise<void> {
    await linkAsync(existing, path);
  }

  async rename(from: string, to: string): Promise<void> {
    await pastReaders(() => renameAsync(from, to));
  }

  async unlink(path: string): Promise<void> {
    await unlinkAsync(path);
  }

  async syncFolder(folder: string): Promise<void> {
    if (process.platform === "win32") return;
    const descriptor = await openAsync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      await fsyncAsync(descriptor);
    } finally {
      await closeAsync(descriptor);
    }
  }
}

class NodeFile implements DiskFile {
  readonly path: string;
  readonly #descriptor: number;

  constructor(path: string, descriptor: number) {
    this.path = path;
    this.#descriptor = descriptor;
  }

  async read(position: number, length: number): Promise<Buffer> {
    const size = Math.max(0, Math.min(length, (await this.size()) - position));
    const bytes = Buffer.allocUnsafe(size);
    let taken = 0;
    while (taken < size) {
      const at = position + taken;
      const more = await readAsync(this.#descriptor, bytes, taken, size - taken, at);
      if (more.bytesRead === 0) break;
      taken += more.bytesRead;
    }
    return bytes.subarray(0, taken);
  }

  async size(): Promise<number> {
    return (await fstatAsync(this.#descriptor)).size;
  }

  identity(): Identity {
    return identityOf(fstatSync(this.#descriptor, { bigint: true }));
  }

  write(bytes: Uint8Array, position: number): number {
    return writeSync(this.#descriptor, bytes, 0, bytes.length, position);
  }

  async datasync(): Promise<void> {
    await fdatasyncAsync(this.#descriptor);
  }

  async sync(): Promise<void> {
    await fsyncAsync(this.#descriptor);
  }

  async close(): Promise<void> {
    await closeAsync(this.#descriptor);
  }
}

function identityOf(stats: BigIntStats): Identity {
  return { device: stats.dev, inode: stats.ino, links: Number(stats.nlink) };
}

function ownRegularFileOrThrow(stats: BigIntStats, path: string): void {
  if (stats.isDirectory()) throw refusal("EISDIR", path);
  if (!stats.isFile()) throw refusal("EINVAL", path);
  const owner = process.getuid?.();
  if (owner !== undefined && stats.uid !== BigInt(owner)) throw refusal("EPERM", path);
}

function refusal(code: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: ${path} is no regular file of ours`);
  error.code = code;
  error.path = path;
  return error;
}
