const SLAB_BYTES = 65_536;
// Large ones, so that what is freed around them goes back to the system: a page that nobody has
// written to costs nothing.
const REGION_BYTES = { first: 1_048_576, most: 67_108_864 } as const;
const LENGTH_BYTES = 2;
const NONE = -1;

/** The most bytes that a slab keeps in one run. */
export const SHARED_BYTES: number = 4096 - LENGTH_BYTES;

interface Slab {
  readonly bytes: Buffer;
  readonly number: number;
  /** Bytes of each of its places. */
  readonly size: number;
  used: number;
  /** Where places begin that were never used. */
  fresh: number;
  /** The place that was given back last; each holds the one before. */
  free: number;
  /** Where it stands among the slabs with room, or nowhere. */
  rank: number;
}

/**
 * Keeps many short runs of bytes in few buffers (a slab allocator: Bonwick, USENIX 1994). A slab
 * has places of one size; one that is empty may take places of another. A place that is freed is
 * wiped and used again.
 */
export class Slabs {
  readonly #slabs: (Slab | undefined)[] = [];
  /** The numbers and the memory of slabs that were given back. */
  readonly #unused: number[] = [];
  readonly #empty: Buffer[] = [];
  #region: Buffer = Buffer.alloc(0);
  #carved = 0;
  readonly #roomy = new Map<number, Slab[]>();

  /** Bytes in slabs that keep something. */
  get bytes(): number {
    return (this.#slabs.length - this.#unused.length) * SLAB_BYTES;
  }

  /** Keeps at most `SHARED_BYTES`, and returns a number for them, good until it is freed. */
  keep(bytes: Uint8Array): number {
    if (bytes.length > SHARED_BYTES) throw new TypeError("too long for a slab");
    const size = sizeOf(LENGTH_BYTES + bytes.length);
    const slab = this.#roomy.get(size)?.at(-1) ?? this.#make(size);
    const at = take(slab);
    if (!hasRoom(slab)) this.#retire(slab);
    slab.bytes.writeUInt16BE(bytes.length, at);
    slab.bytes.set(bytes, at + LENGTH_BYTES);
    return slab.number * SLAB_BYTES + at;
  }

  /** What is kept under a number, as a view: it means nothing once the number was freed. */
  view(place: number): Buffer {
    const { bytes } = this.#at(place);
    const start = (place % SLAB_BYTES) + LENGTH_BYTES;
    return bytes.subarray(start, start + bytes.readUInt16BE(start - LENGTH_BYTES));
  }

  /** Wipes what is kept under a number, and forgets it. */
  free(place: number): void {
    const slab = this.#at(place);
    const at = place % SLAB_BYTES;
    slab.bytes.fill(0, at, at + slab.size);
    slab.bytes.writeInt32BE(slab.free, at);
    slab.free = at;
    slab.used -= 1;
    if (slab.used > 0) return this.#welcome(slab);
    this.#retire(slab);
    this.#slabs[slab.number] = undefined;
    this.#unused.push(slab.number);
    this.#empty.push(slab.bytes);
  }

  #at(place: number): Slab {
    const slab = this.#slabs[Math.floor(place / SLAB_BYTES)];
    if (slab === undefined) throw new TypeError("nothing is kept there");
    return slab;
  }

  #make(size: number): Slab {
    const number = this.#unused.pop() ?? this.#slabs.length;
    const bytes = this.#empty.pop() ?? this.#carve();
    const slab: Slab = { bytes, number, size, used: 0, fresh: 0, free: NONE, rank: NONE };
    this.#slabs[number] = slab;
    this.#welcome(slab);
    return slab;
  }

  #carve(): Buffer {
    if (this.#carved === this.#region.length) {
      const { first, most } = REGION_BYTES;
      this.#region = Buffer.allocUnsafeSlow(Math.min(most, 2 * this.#region.length || first));
      this.#carved = 0;
    }
    this.#carved += SLAB_BYTES;
    return this.#region.subarray(this.#carved - SLAB_BYTES, this.#carved);
  }

  #welcome(slab: Slab): void {
    if (slab.rank !== NONE) return;
    const roomy = this.#roomy.get(slab.size) ?? [];
    this.#roomy.set(slab.size, roomy);
    slab.rank = roomy.push(slab) - 1;
  }

  #retire(slab: Slab): void {
    const roomy = this.#roomy.get(slab.size);
    if (slab.rank === NONE || roomy === undefined) return;
    const last = roomy.pop();
    if (last !== undefined && last !== slab) {
      roomy[slab.rank] = last;
      last.rank = slab.rank;
    }
    slab.rank = NONE;
  }
}

function take(slab: Slab): number {
  slab.used += 1;
  const at = slab.free;
  if (at === NONE) {
    slab.fresh += slab.size;
    return slab.fresh - slab.size;
  }
  slab.free = slab.bytes.readInt32BE(at);
  return at;
}

function hasRoom(slab: Slab): boolean {
  return slab.free !== NONE || slab.fresh + slab.size <= SLAB_BYTES;
}

/** An eighth is wasted at most, but for the smallest. */
function sizeOf(bytes: number): number {
  const step = bytes <= 256 ? 32 : bytes <= 1024 ? 64 : 256;
  return Math.ceil(bytes / step) * step;
}
