import { SHARED_BYTES, Slabs } from "./slabs.ts";

/** Where bytes are kept: a place in a slab, or by themselves. */
export type Place = Buffer | number;

/** Keeps runs of bytes of any length, the short ones in slabs. */
export class Places {
  readonly #slabs = new Slabs();

  /** Keeps a copy of these bytes until it is freed. */
  keep(bytes: Uint8Array): Place {
    if (bytes.length <= SHARED_BYTES) return this.#slabs.keep(bytes);
    // A copy from the pool would keep its neighbours.
    const kept = Buffer.allocUnsafeSlow(bytes.length);
    kept.set(bytes);
    return kept;
  }

  /** What is kept there, as a view that means nothing once it was freed. */
  view(place: Place): Buffer {
    return typeof place === "number" ? this.#slabs.view(place) : place;
  }

  /** The same for whoever keeps it longer than that. */
  copy(place: Place): Buffer {
    // Only places in slabs are used again.
    return typeof place === "number" ? Buffer.from(this.#slabs.view(place)) : place;
  }

  /** Forgets what is kept there. */
  free(place: Place): void {
    if (typeof place === "number") this.#slabs.free(place);
  }
}
