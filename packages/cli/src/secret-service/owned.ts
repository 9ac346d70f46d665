import { DBusError } from "../dbus/failure.ts";

/** So many of one kind may a program have at once. */
const MOST = 256;

/** Objects that belong to a program on the bus, by their paths: nobody else sees them. */
export class Owned<T> {
  readonly #stem: string;
  readonly #byOwner = new Map<string, Map<string, T>>();
  #number = 0;

  constructor(stem: string) {
    this.#stem = stem;
  }

  /** Adds one; returns its path, which no other one had before. */
  add(owner: string, object: T): string {
    const own = this.#byOwner.get(owner) ?? new Map<string, T>();
    if (own.size >= MOST) {
      throw new DBusError("org.freedesktop.DBus.Error.LimitsExceeded", `you have ${MOST} of these`);
    }
    this.#number += 1;
    const path = `${this.#stem}${this.#number}`;
    this.#byOwner.set(owner, own.set(path, object));
    return path;
  }

  get(owner: string, path: string): T | undefined {
    return this.#byOwner.get(owner)?.get(path);
  }

  /** Whether there was one to remove. */
  remove(owner: string, path: string): boolean {
    const own = this.#byOwner.get(owner);
    const was = own?.delete(path) === true;
    if (own?.size === 0) this.#byOwner.delete(owner);
    return was;
  }

  forget(owner: string): void {
    this.#byOwner.delete(owner);
  }
}
