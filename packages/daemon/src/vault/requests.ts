import { Places } from "./places.ts";
import type { Place } from "./places.ts";
import { readIntegers } from "./change.ts";
import { ByteReader } from "./reader.ts";
import { ByteWriter } from "./writer.ts";

/** What is remembered of one mutation that carried a request id. */
export interface Remembered {
  /** Keyed hash of actor and id, 16 bytes as latin1. */
  readonly key: string;
  /** Keyed hash of method and params, 16 bytes as latin1. */
  readonly body: string;
  /** The figures of the result; the rest of it stands in the params. */
  readonly numbers: readonly number[];
  readonly revision: number;
  /** Effective time of the commit: it never goes back. */
  readonly at: number;
}

/** What decides whether an entry is dropped, read without opening it. */
interface Oldest extends Pick<Remembered, "at" | "key" | "revision"> {
  readonly place: Place;
}

/** How long ids are kept, in milliseconds and counts. */
const REQUESTS = {
  keptMs: 60_000,
  kept: 10_000,
  maxMs: 86_400_000,
  max: 100_000,
} as const;

/**
 * The memory of request ids. What is dropped is judged by the times of commits alone, so that a
 * replay remembers the same ids.
 */
export class RequestMemory {
  // Insertion order is the order of commits, so the oldest stand first.
  readonly #entries = new Map<string, Place>();
  // A hundred thousand objects would cost three times as much.
  readonly #kept = new Places();
  // From the oldest on: an iterator that began anew would go over all that was dropped.
  #walk = this.#entries.entries();
  #first: Oldest | undefined;
  #forgottenRevision = 0;
  /** What the entries are hashed with, once the data key is no longer what that came of. */
  key: Buffer | undefined;

  /** How many ids are remembered. */
  get size(): number {
    return this.#entries.size;
  }

  /** The highest revision of an id that was dropped. */
  get forgottenRevision(): number {
    return this.#forgottenRevision;
  }

  /** The same at a time: an id older than a day counts as dropped before any commit drops it. */
  forgottenAt(at: number): number {
    let revision = this.#forgottenRevision;
    const first = this.#oldest();
    if (first === undefined || !isOutdated(first, at)) return revision;
    for (const oldest of this.entries()) {
      if (!isOutdated(oldest, at)) break;
      revision = Math.max(revision, oldest.revision);
    }
    return revision;
  }

  /** The entry of a key, whatever its age. */
  get(key: string): Remembered | undefined {
    const place = this.#entries.get(key);
    return place === undefined ? undefined : open(key, this.#kept.view(place));
  }

  /** Every entry, oldest first. */
  *entries(): Generator<Remembered> {
    for (const [key, place] of this.#entries) yield open(key, this.#kept.view(place));
  }

  /** Takes over what a snapshot says. */
  load(forgottenRevision: number): void {
    this.#forgottenRevision = forgottenRevision;
  }

  /** Puts back an entry of a snapshot. */
  restore(entry: Remembered): void {
    this.#keep(entry);
  }

  /** Remembers a commit, and drops what has become too old or too much by then. */
  add(entry: Remembered): void {
    const outdated = this.#entries.get(entry.key);
    // A key is used again only after it was outdated: it must not keep its old place.
    if (outdated !== undefined) this.#drop(this.#outline(entry.key, outdated));
    this.#keep(entry);
    for (;;) {
      const oldest = this.#oldest();
      if (oldest === undefined || !this.#droppable(oldest, entry.at)) return;
      this.#drop(oldest);
    }
  }

  #oldest(): Oldest | undefined {
    if (this.#first === undefined) {
      let next = this.#walk.next();
      if (next.done === true) {
        // One that has come to the end never sees what is added later.
        this.#walk = this.#entries.entries();
        next = this.#walk.next();
      }
      if (next.done !== true) this.#first = this.#outline(...next.value);
    }
    return this.#first;
  }

  #outline(key: string, place: Place): Oldest {
    const reader = new ByteReader(this.#kept.view(place));
    return { key, place, revision: reader.integer(), at: reader.time() };
  }

  #keep(entry: Remembered): void {
    this.#entries.set(entry.key, this.#kept.keep(pack(entry)));
  }

  #drop({ key, place, revision }: Oldest): void {
    if (this.#first?.key === key) this.#first = undefined;
    this.#entries.delete(key);
    this.#kept.free(place);
    this.#forgottenRevision = Math.max(this.#forgottenRevision, revision);
  }

  #droppable(oldest: Oldest, at: number): boolean {
    const age = at - oldest.at;
    if (this.#entries.size > REQUESTS.max || isOutdated(oldest, at)) return true;
    return this.#entries.size > REQUESTS.kept && age > REQUESTS.keptMs;
  }
}

/** Whether an id is older than any is remembered. */
export function isOutdated(entry: Pick<Remembered, "at">, at: number): boolean {
  return at - entry.at > REQUESTS.maxMs;
}

const scratch = new ByteWriter(256);

/** An entry without its key; valid until the next call. */
function pack({ body, numbers, revision, at }: Remembered): Buffer {
  scratch.clear();
  scratch.integer(revision);
  scratch.time(at);
  scratch.integer(numbers.length);
  for (const number of numbers) scratch.integer(number);
  scratch.latin1(body);
  return scratch.view();
}

function open(key: string, bytes: Buffer): Remembered {
  const reader = new ByteReader(bytes);
  const revision = reader.integer();
  const at = reader.time();
  const numbers = readIntegers(reader);
  return { key, body: reader.rest().toString("latin1"), numbers, revision, at };
}
