import type { Identity } from "@strongroom/daemon/src/storage/disk.ts";
import { seededRandom } from "./random.ts";

const SECTOR = 512;

/**
 * What a reboot does to what was not synced: nothing (the process died, the machine lives),
 * all of it is gone, or a seeded half of the sectors and names survives in any combination.
 */
export type PowerCut =
  | { readonly kind: "none" }
  | { readonly kind: "drop" }
  | { readonly kind: "subset"; readonly seed: number };

interface Write {
  readonly position: number;
  readonly bytes: Buffer;
}

/** A file's content as the page cache shows it, and as the platter holds it. */
export class Inode {
  readonly #number: bigint;
  #cached: Buffer = Buffer.alloc(0);
  #durable: Buffer = Buffer.alloc(0);
  #unsynced: Write[] = [];
  links = 0;

  constructor(number: bigint) {
    this.#number = number;
  }

  get size(): number {
    return this.#cached.length;
  }

  identity(): Identity {
    return { device: 1n, inode: this.#number, links: this.links };
  }

  read(position: number, length: number): Buffer {
    return Buffer.from(this.#cached.subarray(position, position + length));
  }

  write(bytes: Uint8Array, position: number): void {
    const write = { position, bytes: Buffer.from(bytes) };
    this.#cached = apply(this.#cached, write);
    this.#unsynced.push(write);
  }

  sync(): void {
    for (const write of this.#unsynced) this.#durable = apply(this.#durable, write);
    this.#unsynced = [];
  }

  /** A failed sync: the pages count as clean, and will never reach the platter. */
  forget(): void {
    this.#unsynced = [];
  }

  /** Replaces the content, durably: for tests that damage. */
  poke(content: Uint8Array): void {
    this.#durable = Buffer.from(content);
    this.#cached = Buffer.from(content);
    this.#unsynced = [];
  }

  reboot(survives: () => boolean): void {
    for (const write of this.#unsynced) {
      for (const sector of sectors(write)) {
        if (survives()) this.#durable = apply(this.#durable, sector);
      }
    }
    this.#unsynced = [];
    this.#cached = Buffer.from(this.#durable);
  }

  clone(): Inode {
    const copy = new Inode(this.#number);
    copy.#cached = Buffer.from(this.#cached);
    copy.#durable = Buffer.from(this.#durable);
    copy.#unsynced = [...this.#unsynced];
    copy.links = this.links;
    return copy;
  }
}

type NameChange = readonly [name: string, inode: Inode | undefined];

/** The names in a folder now, those that are durable, and the changes between. */
export class Folder {
  #current = new Map<string, Inode>();
  #durable = new Map<string, Inode>();
  #pending: (readonly NameChange[])[] = [];
  #changes = 0;

  /** Another text after each change of a name. */
  get stamp(): string {
    return String(this.#changes);
  }

  names(): string[] {
    return [...this.#current.keys()];
  }

  get(name: string): Inode | undefined {
    return this.#current.get(name);
  }

  /** One atomic change of names. */
  change(changes: readonly NameChange[]): void {
    const before = changes.map(([name]) => this.#current.get(name));
    rename(this.#current, changes);
    this.#changes += 1;
    this.#pending.push(changes);
    for (const inode of before) if (inode !== undefined) inode.links -= 1;
    for (const [, inode] of changes) if (inode !== undefined) inode.links += 1;
  }

  sync(): void {
    this.#durable = new Map(this.#current);
    this.#pending = [];
  }

  reboot(survives: () => boolean): void {
    for (const changes of this.#pending) {
      if (survives()) rename(this.#durable, changes);
    }
    this.#pending = [];
    this.#current = new Map(this.#durable);
  }

  /** Adds this folder's names to the link counts of its files. */
  count(): void {
    for (const inode of this.#current.values()) inode.links += 1;
  }

  clone(copyOf: (inode: Inode) => Inode): Folder {
    const copied = (names: Map<string, Inode>): Map<string, Inode> =>
      new Map([...names].map(([name, inode]) => [name, copyOf(inode)]));
    const copy = new Folder();
    copy.#changes = this.#changes;
    copy.#current = copied(this.#current);
    copy.#durable = copied(this.#durable);
    copy.#pending = this.#pending.map((changes) =>
      changes.map(([name, inode]) => [name, inode && copyOf(inode)] as const),
    );
    return copy;
  }
}

/** Everything on a simulated disk; outlives the processes that use it. */
export class World {
  readonly #folders = new Map<string, Folder>();
  #next = 1n;
  /** Paths whose opening fails with a code: links, FIFOs, files of others. */
  readonly planted = new Map<string, string>();

  /** A folder; any path is one. */
  folder(path: string): Folder {
    const known = this.#folders.get(path) ?? new Folder();
    this.#folders.set(path, known);
    return known;
  }

  inode(): Inode {
    this.#next += 1n;
    return new Inode(this.#next);
  }

  reboot(cut: PowerCut): void {
    if (cut.kind === "none") return;
    const random = seededRandom(cut.kind === "subset" ? cut.seed : 0);
    const survives = (): boolean => cut.kind === "subset" && random() < 0.5;
    const inodes = this.#inodes();
    for (const folder of this.#folders.values()) folder.reboot(survives);
    for (const inode of inodes) {
      inode.reboot(survives);
      inode.links = 0;
    }
    for (const folder of this.#folders.values()) folder.count();
  }

  /** Every file, by absolute path, sorted. */
  files(): string[] {
    return [...this.#folders]
      .flatMap(([path, folder]) => folder.names().map((name) => `${path}/${name}`))
      .toSorted();
  }

  /** The content of a file as a process would read it. */
  peek(path: string): Buffer {
    const inode = this.#at(path);
    return inode.read(0, inode.size);
  }

  /** Writes a file durably, making it where it is missing. */
  poke(path: string, content: Uint8Array): void {
    const [folder, name] = this.#split(path);
    let inode = folder.get(name);
    if (inode === undefined) {
      inode = this.inode();
      folder.change([[name, inode]]);
      folder.sync();
    }
    inode.poke(content);
  }

  /** Removes a file durably. */
  remove(path: string): void {
    const [folder, name] = this.#split(path);
    folder.change([[name, undefined]]);
    folder.sync();
  }

  /** An independent copy, unsynced state and all. */
  clone(): World {
    const copies = new Map<Inode, Inode>();
    const copyOf = (inode: Inode): Inode => {
      const copy = copies.get(inode) ?? inode.clone();
      copies.set(inode, copy);
      return copy;
    };
    const world = new World();
    world.#next = this.#next;
    for (const [path, folder] of this.#folders) world.#folders.set(path, folder.clone(copyOf));
    for (const [path, code] of this.planted) world.planted.set(path, code);
    return world;
  }

  #at(path: string): Inode {
    const [folder, name] = this.#split(path);
    const inode = folder.get(name);
    if (inode === undefined) throw new TypeError(`no such simulated file: ${path}`);
    return inode;
  }

  #split(path: string): [Folder, string] {
    const cut = path.lastIndexOf("/");
    return [this.folder(path.slice(0, cut)), path.slice(cut + 1)];
  }

  #inodes(): Set<Inode> {
    const found = new Set<Inode>();
    for (const folder of this.#folders.values()) folder.clone((inode) => (found.add(inode), inode));
    return found;
  }
}

function apply(content: Buffer, write: Write): Buffer {
  const end = write.position + write.bytes.length;
  const grown =
    end > content.length ? Buffer.concat([content, Buffer.alloc(end - content.length)]) : content;
  write.bytes.copy(grown, write.position);
  return grown;
}

function rename(names: Map<string, Inode>, changes: readonly NameChange[]): void {
  for (const [name, inode] of changes) {
    if (inode === undefined) names.delete(name);
    else names.set(name, inode);
  }
}

function sectors(write: Write): Write[] {
  const parts: Write[] = [];
  let offset = 0;
  while (offset < write.bytes.length) {
    const position = write.position + offset;
    const length = Math.min(SECTOR - (position % SECTOR), write.bytes.length - offset);
    parts.push({ position, bytes: write.bytes.subarray(offset, offset + length) });
    offset += length;
  }
  return parts;
}
