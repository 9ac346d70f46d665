import { basename, dirname } from "node:path";
import type { Disk, DiskFile, Identity } from "@strongroom/daemon/src/storage/disk.ts";
import { World } from "./simulated-world.ts";
import type { Inode, PowerCut } from "./simulated-world.ts";
import { seededRandom } from "./random.ts";

/** What the process sees when the machine killed it: every later call of it throws this too. */
export class KilledError extends Error {
  override readonly name = "KilledError";
}

/** The calls at which something can go wrong; each one made is a site, numbered from 1. */
export type SiteKind = "create" | "write" | "sync" | "rename" | "link" | "unlink" | "sync-folder";

/** What happens at a site. `short` and `torn` mean something for writes only. */
export type FaultAction =
  | "eio"
  | "eio-sticky"
  | "enospc"
  | "kill-after"
  | "kill-before"
  | "short"
  | "torn"
  | "torn-durable";

/** One fault: the site's number, and what happens there. */
export interface FaultPlan {
  readonly site: number;
  readonly action: FaultAction;
  /** Where a torn write tears; any number. */
  readonly seed?: number;
}

/** A site that was passed. */
export interface Site {
  readonly kind: SiteKind;
  readonly path: string;
}

/** An error as the system makes them. */
function systemError(code: string, path: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: simulated, '${path}'`);
  error.code = code;
  error.path = path;
  return error;
}

/**
 * A disk in memory as one process sees it. It knows what was synced per file and per folder,
 * counts the calls that change something, and fails the one that the plan names.
 */
export class SimulatedDisk implements Disk {
  readonly world: World;
  /** The sites passed so far, in order. */
  readonly sites: Site[] = [];
  /** Awaited before each sync takes effect: makes a disk slow. */
  beforeSync: (() => Promise<void>) | undefined;
  /** `full`: nothing can be allocated. `read-only`: nothing can be changed. */
  trouble: "full" | "none" | "read-only" = "none";
  /** How many files are open. */
  held = 0;
  readonly #plan: FaultPlan | undefined;
  #dead = false;
  #failing = false;

  constructor(world: World = new World(), plan?: FaultPlan) {
    this.world = world;
    this.#plan = plan;
  }

  /** Whether the process was killed. */
  get killed(): boolean {
    return this.#dead;
  }

  /** The process ends here; its disk refuses everything from now on. */
  kill(): void {
    this.#dead = true;
  }

  /** A fresh process on what survived: the page cache survives a kill, not a power cut. */
  reboot(cut: PowerCut = { kind: "none" }, plan?: FaultPlan): SimulatedDisk {
    this.#dead = true;
    this.world.reboot(cut);
    return new SimulatedDisk(this.world, plan);
  }

  async list(folder: string): Promise<string[]> {
    return this.listNow(folder);
  }

  listNow(folder: string): string[] {
    this.#alive();
    return this.world.folder(folder).names();
  }

  stamp(folder: string): string {
    this.#alive();
    return this.world.folder(folder).stamp;
  }

  async create(path: string): Promise<DiskFile> {
    const after = this.#enter("create", path);
    if (this.trouble === "full") throw systemError("ENOSPC", path);
    const folder = this.world.folder(dirname(path));
    if (folder.get(basename(path)) !== undefined) throw systemError("EEXIST", path);
    const inode = this.world.inode();
    folder.change([[basename(path), inode]]);
    after();
    return new SimulatedFile(this, path, inode);
  }

  async open(path: string): Promise<DiskFile> {
    this.#alive();
    const planted = this.world.planted.get(path);
    if (planted !== undefined) throw systemError(planted, path);
    return new SimulatedFile(this, path, this.#find(path));
  }

  identify(path: string): Identity | undefined {
    this.#alive();
    return this.world.folder(dirname(path)).get(basename(path))?.identity();
  }

  async link(existing: string, path: string): Promise<void> {
    const after = this.#enter("link", path);
    if (this.trouble === "full") throw systemError("ENOSPC", path);
    const inode = this.#find(existing);
    const folder = this.world.folder(dirname(path));
    if (folder.get(basename(path)) !== undefined) throw systemError("EEXIST", path);
    folder.change([[basename(path), inode]]);
    after();
  }

  async rename(from: string, to: string): Promise<void> {
    const after = this.#enter("rename", to);
    if (dirname(from) !== dirname(to)) throw new TypeError("renames stay in one folder");
    const inode = this.#find(from);
    this.world.folder(dirname(to)).change([
      [basename(from), undefined],
      [basename(to), inode],
    ]);
    after();
  }

  async unlink(path: string): Promise<void> {
    const after = this.#enter("unlink", path);
    this.#find(path);
    this.world.folder(dirname(path)).change([[basename(path), undefined]]);
    after();
  }

  async syncFolder(folder: string): Promise<void> {
    const after = this.#enter("sync-folder", folder);
    this.world.folder(folder).sync();
    after();
  }

  /** For the files of this disk: a write at a site. */
  writeAt(path: string, inode: Inode, bytes: Uint8Array, position: number): number {
    const fault = this.#planned();
    if (fault === "short" && bytes.length > 1) {
      this.#enter("write", path);
      const taken = Math.ceil(bytes.length / 2);
      inode.write(bytes.subarray(0, taken), position);
      return taken;
    }
    if (fault === "torn" || fault === "torn-durable") {
      this.#enter("write", path);
      const taken = Math.floor(seededRandom(this.#plan?.seed ?? 1)() * bytes.length);
      inode.write(bytes.subarray(0, taken), position);
      if (fault === "torn-durable") inode.sync();
      this.#dead = true;
      throw new KilledError(path);
    }
    const after = this.#enter("write", path);
    if (this.trouble === "full" && position + bytes.length > inode.size) {
      throw systemError("ENOSPC", path);
    }
    inode.write(bytes, position);
    after();
    return bytes.length;
  }

  /** For the files of this disk: a sync at a site. A failed one forgets what it should keep. */
  async syncAt(path: string, inode: Inode): Promise<void> {
    await this.beforeSync?.();
    try {
      const after = this.#enter("sync", path);
      inode.sync();
      after();
    } catch (error) {
      if (!(error instanceof KilledError)) inode.forget();
      throw error;
    }
  }

  /** For the files of this disk: throws once the process is dead. */
  touch(): void {
    this.#alive();
  }

  #find(path: string): Inode {
    const inode = this.world.folder(dirname(path)).get(basename(path));
    if (inode === undefined) throw systemError("ENOENT", path);
    return inode;
  }

  #alive(): void {
    if (this.#dead) throw new KilledError("the process is gone");
  }

  #planned(): FaultAction | undefined {
    return this.#plan?.site === this.sites.length + 1 ? this.#plan.action : undefined;
  }

  /** Counts a site and lets the plan act; returns what to do once the call took effect. */
  #enter(kind: SiteKind, path: string): () => void {
    this.#alive();
    const fault = this.#planned();
    this.sites.push({ kind, path });
    if (this.trouble === "read-only") throw systemError("EROFS", path);
    if (this.#failing) throw systemError("EIO", path);
    if (fault === "kill-before") {
      this.#dead = true;
      throw new KilledError(path);
    }
    if (fault === "enospc") throw systemError("ENOSPC", path);
    if (fault === "eio" || fault === "eio-sticky") {
      this.#failing = fault === "eio-sticky";
      throw systemError("EIO", path);
    }
    return () => {
      if (fault === "kill-after") {
        this.#dead = true;
        throw new KilledError(path);
      }
    };
  }
}

class SimulatedFile implements DiskFile {
  readonly path: string;
  readonly #disk: SimulatedDisk;
  readonly #inode: Inode;
  #closed = false;

  constructor(disk: SimulatedDisk, path: string, inode: Inode) {
    this.#disk = disk;
    this.path = path;
    this.#inode = inode;
    disk.held += 1;
  }

  async read(position: number, length: number): Promise<Buffer> {
    this.#opened();
    return this.#inode.read(position, length);
  }

  async size(): Promise<number> {
    this.#opened();
    return this.#inode.size;
  }

  identity(): Identity {
    this.#opened();
    return this.#inode.identity();
  }

  write(bytes: Uint8Array, position: number): number {
    this.#opened();
    return this.#disk.writeAt(this.path, this.#inode, bytes, position);
  }

  async datasync(): Promise<void> {
    this.#opened();
    await this.#disk.syncAt(this.path, this.#inode);
  }

  async sync(): Promise<void> {
    this.#opened();
    await this.#disk.syncAt(this.path, this.#inode);
  }

  async close(): Promise<void> {
    this.#opened();
    this.#closed = true;
    this.#disk.held -= 1;
  }

  #opened(): void {
    this.#disk.touch();
    if (this.#closed) throw systemError("EBADF", this.path);
  }
}
