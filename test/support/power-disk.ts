import type { Disk, DiskFile, Identity } from "@strongroom/daemon/src/storage/disk.ts";
import { NodeDisk } from "@strongroom/daemon/src/storage/node-disk.ts";
import { KilledError } from "./simulated-disk.ts";

/** Where the power is cut: at which call that changes something, before it or after it. */
export interface CutPlan {
  readonly site: number;
  readonly when: "after" | "before";
}

/** What a disk of this machine is used through until its power is cut. */
export interface PowerOptions {
  /** The path on this machine of a path of the vault. */
  readonly place: (path: string) => string;
  readonly plan?: CutPlan | undefined;
  /** Does not return before the power is off. */
  readonly cut?: () => void;
}

/** A real disk that counts the calls that change something, and loses its power at one of them. */
export class PowerDisk implements Disk {
  readonly #disk = new NodeDisk();
  readonly #options: PowerOptions;
  readonly #open = new Set<DiskFile>();
  #sites = 0;
  #dead = false;

  constructor(options: PowerOptions) {
    this.#options = options;
  }

  /** How many calls were made that change something. */
  get sites(): number {
    return this.#sites;
  }

  /** Closes what is still open, as the end of a process does. */
  async letGo(): Promise<void> {
    this.#dead = true;
    for (const file of this.#open) await file.close().catch(() => undefined);
  }

  async list(folder: string): Promise<string[]> {
    this.alive();
    return await this.#disk.list(this.#place(folder));
  }

  listNow(folder: string): string[] {
    this.alive();
    return this.#disk.listNow(this.#place(folder));
  }

  stamp(folder: string): string | undefined {
    this.alive();
    return this.#disk.stamp(this.#place(folder));
  }

  async create(path: string): Promise<DiskFile> {
    return await this.site(async () =>
      this.#keep(path, await this.#disk.create(this.#place(path))),
    );
  }

  async open(path: string): Promise<DiskFile> {
    this.alive();
    return this.#keep(path, await this.#disk.open(this.#place(path)));
  }

  identify(path: string): Identity | undefined {
    this.alive();
    return this.#disk.identify(this.#place(path));
  }

  async link(existing: string, path: string): Promise<void> {
    await this.site(() => this.#disk.link(this.#place(existing), this.#place(path)));
  }

  async rename(from: string, to: string): Promise<void> {
    await this.site(() => this.#disk.rename(this.#place(from), this.#place(to)));
  }

  async unlink(path: string): Promise<void> {
    await this.site(() => this.#disk.unlink(this.#place(path)));
  }

  async syncFolder(folder: string): Promise<void> {
    await this.site(() => this.#disk.syncFolder(this.#place(folder)));
  }

  /** For the files of this disk: a call that changes something. */
  async site<T>(work: () => Promise<T>): Promise<T> {
    const after = this.enter();
    const result = await work();
    after();
    this.alive();
    return result;
  }

  /** For the files of this disk: counts a call; what it returns is called when that was made. */
  enter(): () => void {
    this.alive();
    this.#sites += 1;
    const { plan } = this.#options;
    const here = plan?.site === this.#sites;
    if (here && plan.when === "before") this.#cut();
    return () => {
      if (here) this.#cut();
    };
  }

  /** For the files of this disk: throws once the power is off. */
  alive(): void {
    if (this.#dead) throw new KilledError("the power is off");
  }

  /** For the files of this disk: one was closed. */
  closed(file: DiskFile): void {
    this.#open.delete(file);
  }

  #cut(): never {
    this.#options.cut?.();
    this.#dead = true;
    throw new KilledError("the power went off");
  }

  #place(path: string): string {
    return this.#options.place(path);
  }

  #keep(path: string, file: DiskFile): DiskFile {
    this.#open.add(file);
    return new PowerFile(this, path, file);
  }
}

class PowerFile implements DiskFile {
  readonly path: string;
  readonly #disk: PowerDisk;
  readonly #file: DiskFile;

  constructor(disk: PowerDisk, path: string, file: DiskFile) {
    this.path = path;
    this.#disk = disk;
    this.#file = file;
  }

  async read(position: number, length: number): Promise<Buffer> {
    this.#disk.alive();
    return await this.#file.read(position, length);
  }

  async size(): Promise<number> {
    this.#disk.alive();
    return await this.#file.size();
  }

  identity(): Identity {
    this.#disk.alive();
    return this.#file.identity();
  }

  write(bytes: Uint8Array, position: number): number {
    const after = this.#disk.enter();
    const taken = this.#file.write(bytes, position);
    after();
    return taken;
  }

  async datasync(): Promise<void> {
    await this.#disk.site(() => this.#file.datasync());
  }

  async sync(): Promise<void> {
    await this.#disk.site(() => this.#file.sync());
  }

  async close(): Promise<void> {
    this.#disk.alive();
    this.#disk.closed(this.#file);
    await this.#file.close();
  }
}
