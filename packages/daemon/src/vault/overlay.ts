/** A part of what one frame will make of the vault: what is begun can be undone until it is published. */
export interface Overlay {
  begin(): void;
  publish(): void;
  undo(): void;
}

/** Records by their names, as the commits of one frame will leave them, laid over the durable ones. */
export class OverlayMap<T> implements Overlay {
  readonly #durable: ReadonlyMap<string, T>;
  readonly #put: (name: string, record: T | undefined) => void;
  readonly #laid = new Map<string, T | undefined>();
  #before = new Map<string, { readonly known: boolean; readonly record: T | undefined }>();

  /** `put`: makes a record durable, or takes it away. */
  constructor(durable: ReadonlyMap<string, T>, put: (name: string, record: T | undefined) => void) {
    this.#durable = durable;
    this.#put = put;
  }

  /** A record as it will be. */
  get(name: string): T | undefined {
    return this.#laid.has(name) ? this.#laid.get(name) : this.#durable.get(name);
  }

  /** The names of those that will be, with that prefix. */
  names(prefix = ""): string[] {
    const all = new Set([...this.#durable.keys(), ...this.#laid.keys()]);
    return [...all].filter((name) => name.startsWith(prefix) && this.get(name) !== undefined);
  }

  /** A judgement begins: `undo` takes back what it does. */
  begin(): void {
    if (this.#before.size > 0) this.#before = new Map();
  }

  undo(): void {
    for (const [name, { known, record }] of this.#before) {
      if (known) this.#laid.set(name, record);
      else this.#laid.delete(name);
    }
  }

  /** Lays a record over what is there, or takes it away; returns what was. */
  lay(name: string, record: T | undefined): T | undefined {
    const before = this.get(name);
    if (!this.#before.has(name)) {
      this.#before.set(name, { known: this.#laid.has(name), record: this.#laid.get(name) });
    }
    this.#laid.set(name, record);
    return before;
  }

  publish(): void {
    for (const [name, record] of this.#laid) this.#put(name, record);
  }
}
