import { basename, dirname, join } from "node:path";
import { framePlaces, rearranged } from "./journal-frames.ts";
import { seededRandom } from "./random.ts";
import type { World } from "./simulated-world.ts";

/** What damage is made of: the vault, and worlds whose files may be mixed into it. */
export interface Material {
  readonly world: World;
  readonly others: readonly World[];
  /** The path of the vault's journal. */
  readonly journal: string;
}

/** A damaged vault. */
export interface Rotten {
  readonly world: World;
  /** Every step of the damage, in words. */
  readonly steps: readonly string[];
}

const FACES = ["claim", "journal", "snapshot", "audit"] as const;
const NAMES = [
  "vault.json",
  "vault.json.tmp",
  "slots.json",
  "slots.json.tmp",
  "slots.previous.json",
  ".lock",
  "daemon.pid",
  "stranger",
] as const;
const ERRNOS = ["EACCES", "EIO", "EISDIR", "ELOOP"] as const;
const MOST_STEPS = 4;

/** Damages a vault in up to five ways that follow from the seed. */
export function rotten(material: Material, seed: number): Rotten {
  const rot = new Rot(material, seed);
  return { world: rot.world, steps: rot.steps };
}

class Rot {
  readonly world: World;
  readonly steps: string[] = [];
  readonly #material: Material;
  readonly #random: () => number;

  constructor(material: Material, seed: number) {
    this.#material = material;
    this.#random = seededRandom(seed);
    this.world = material.world.clone();
    const inside = [this.#flip, this.#flip, this.#zero, this.#noise, this.#swap, this.#splice];
    const size = [this.#cut, this.#cutAndExtend];
    const names = [this.#remove, this.#rename, this.#exchange, this.#garbage, this.#plant];
    const order = [this.#foreign, this.#foreign, this.#frames, this.#tail];
    const all = [inside, size, names, order].flat();
    // The mark would catch nearly all: with it gone, the vault must stand on its own.
    if (this.#below(3) === 0) this.#loseMark();
    for (let count = 1 + this.#below(MOST_STEPS); count > 0; count -= 1) {
      const step = this.#pick(all);
      const said = step.call(this);
      if (said !== undefined) this.steps.push(said);
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #pick<T>(values: readonly T[]): T {
    const value = values[this.#below(values.length)];
    if (value === undefined) throw new TypeError("there is nothing to pick from");
    return value;
  }

  /** A file, those that hold the most being the likelier. */
  #file(): string {
    return this.#below(3) === 0 && this.world.files().includes(this.#material.journal)
      ? this.#material.journal
      : this.#pick(this.world.files());
  }

  /** A range of a file, mostly short. */
  #range(size: number): readonly [from: number, to: number] {
    const from = this.#below(size);
    const longest = this.#pick([1, 8, 64, 512, size]);
    return [from, Math.min(size, from + 1 + this.#below(longest))];
  }

  #change(change: (bytes: Buffer, path: string) => string | undefined): string | undefined {
    if (this.world.files().length === 0) return undefined;
    const path = this.#file();
    const bytes = this.world.peek(path);
    if (bytes.length === 0) return undefined;
    const said = change(bytes, path);
    if (said !== undefined) this.world.poke(path, bytes);
    return said === undefined ? undefined : `${said} of ${path}`;
  }

  #flip(): string | undefined {
    return this.#change((bytes) => {
      const count = 1 + this.#below(6);
      const places = Array.from({ length: count }, () => {
        const at = this.#below(bytes.length);
        bytes.writeUInt8((bytes[at] ?? 0) ^ (1 << this.#below(8)), at);
        return at;
      });
      return `bits at ${places.join(", ")}`;
    });
  }

  #zero(): string | undefined {
    return this.#change((bytes) => {
      const [from, to] = this.#range(bytes.length);
      bytes.fill(0, from, to);
      return `zeros ${from} to ${to}`;
    });
  }

  #noise(): string | undefined {
    return this.#change((bytes) => {
      const [from, to] = this.#range(bytes.length);
      for (let at = from; at < to; at += 1) bytes.writeUInt8(this.#below(256), at);
      return `noise ${from} to ${to}`;
    });
  }

  #swap(): string | undefined {
    return this.#change((bytes) => {
      const length = 1 + this.#below(Math.min(128, Math.ceil(bytes.length / 2)));
      const one = this.#below(bytes.length - length + 1);
      const other = this.#below(bytes.length - length + 1);
      const kept = Buffer.from(bytes.subarray(one, one + length));
      bytes.copy(bytes, one, other, other + length);
      kept.copy(bytes, other);
      return `${length} bytes at ${one} and ${other}, swapped,`;
    });
  }

  #splice(): string | undefined {
    return this.#change((bytes) => {
      const source = this.#pick([this.world, ...this.#material.others]);
      const donor = this.#pick(source.files());
      const given = source.peek(donor);
      if (given.length === 0) return undefined;
      const [from, to] = this.#range(given.length);
      const at =
        this.#below(2) === 0 ? Math.min(from, bytes.length - 1) : this.#below(bytes.length);
      given.copy(bytes, at, from, to);
      return `at ${at} bytes ${from} to ${to} of ${donor}, instead of those`;
    });
  }

  #resize(change: (bytes: Buffer) => readonly [string, Buffer]): string | undefined {
    if (this.world.files().length === 0) return undefined;
    const path = this.#file();
    const [said, bytes] = change(this.world.peek(path));
    this.world.poke(path, bytes);
    return `${said} of ${path}`;
  }

  #cut(): string | undefined {
    return this.#resize((bytes) => {
      const length = this.#below(bytes.length + 1);
      return [`only the first ${length}`, bytes.subarray(0, length)];
    });
  }

  #cutAndExtend(): string | undefined {
    return this.#resize((bytes) => {
      const length = this.#below(bytes.length + 1);
      const more = Buffer.alloc(this.#below(this.#pick([16, 512, 4096])));
      if (this.#below(2) === 0) for (let at = 0; at < more.length; at += 1) more[at] = at;
      return [
        `${more.length} bytes behind the first ${length}`,
        Buffer.concat([bytes.subarray(0, length), more]),
      ];
    });
  }

  #remove(): string | undefined {
    if (this.world.files().length === 0) return undefined;
    const path = this.#file();
    this.world.remove(path);
    return `${path} removed`;
  }

  /** A name that a file of the vault may have. */
  #name(): string {
    if (this.#below(2) === 0) return this.#pick(NAMES);
    const epoch = this.#below(6).toString(16).padStart(16, "0");
    return `${this.#pick(FACES)}.${epoch}${this.#below(5) === 0 ? ".tmp" : ""}`;
  }

  #rename(): string | undefined {
    if (this.world.files().length === 0) return undefined;
    const from = this.#file();
    const name = dirname(from).endsWith("vault") ? this.#name() : `${basename(from)}.tmp`;
    const to = join(dirname(from), name);
    const bytes = this.world.peek(from);
    this.world.remove(from);
    this.world.poke(to, bytes);
    return `${from} renamed to ${to}`;
  }

  #exchange(): string | undefined {
    if (this.world.files().length === 0) return undefined;
    const [one, other] = [this.#file(), this.#file()];
    const kept = this.world.peek(one);
    this.world.poke(one, this.world.peek(other));
    this.world.poke(other, kept);
    return `${one} and ${other} exchanged`;
  }

  #garbage(): string {
    const folder = dirname(this.#material.journal);
    const path = join(folder, this.#name());
    const bytes = Buffer.alloc(this.#below(this.#pick([1, 200, 3000])));
    for (let at = 0; at < bytes.length; at += 1) bytes[at] = this.#below(256);
    this.world.poke(path, bytes);
    return `${bytes.length} bytes of garbage as ${path}`;
  }

  /** One file, or all of a folder, as another vault or another moment has it. */
  #foreign(): string {
    const other = this.#pick(this.#material.others);
    const index = this.#material.others.indexOf(other);
    const one = this.#pick(other.files());
    const whole = this.#below(4) === 0;
    for (const path of other.files()) {
      if (path !== one && !(whole && dirname(path) === dirname(one))) continue;
      this.world.poke(path, other.peek(path));
    }
    return `${whole ? dirname(one) : one} of world ${index}`;
  }

  #frames(): string | undefined {
    const { journal } = this.#material;
    if (!this.world.files().includes(journal)) return undefined;
    const content = this.world.peek(journal);
    const count = placesIn(content).length;
    if (count === 0) return undefined;
    const order = Array.from({ length: this.#below(count + 2) }, () => this.#below(count));
    if (this.#below(2) === 0) order.sort((one, other) => one - other);
    try {
      this.world.poke(journal, rearranged(content, order));
    } catch {
      return undefined;
    }
    return `frames ${order.join()} of ${count}`;
  }

  /** The end of the journal as if the last frames had never been, or had been torn. */
  #tail(): string | undefined {
    const { journal } = this.#material;
    if (!this.world.files().includes(journal)) return undefined;
    const content = this.world.peek(journal);
    const place = placesIn(content).at(-1 - this.#below(2));
    if (place === undefined) return undefined;
    const from = place.from + this.#below(2) * this.#below(place.to - place.from);
    content.fill(0, from);
    this.world.poke(journal, content);
    return `zeros from ${from} of ${journal}`;
  }

  #plant(): string | undefined {
    if (this.#below(4) !== 0) return undefined;
    const path = this.#pick([...this.world.files(), this.#material.journal]);
    const errno = this.#pick(ERRNOS);
    this.world.planted.set(path, errno);
    return `${errno} from ${path}`;
  }

  #loseMark(): void {
    for (const path of this.world.files().filter((each) => each.endsWith(".mark"))) {
      this.world.remove(path);
      this.steps.push(`${path} removed`);
    }
  }
}

/** The frames of a journal, none where it was cut inside a header. */
function placesIn(content: Buffer): ReturnType<typeof framePlaces> {
  try {
    return framePlaces(content);
  } catch {
    return [];
  }
}
