import { Variant } from "../dbus/variant.ts";
import type { Value } from "../dbus/variant.ts";
import { agree, DH, PLAIN, plain } from "./cipher.ts";
import type { Cipher } from "./cipher.ts";
import { invalid, noSession, notSupported } from "./failures.ts";
import { ROOT } from "./paths.ts";
import { Owned } from "./owned.ts";

/** A secret as it travels: session, parameters, value, content type. */
export type Travelling = readonly [string, Uint8Array, Uint8Array, string];

/** The sessions that programs opened. Each is its opener's alone, and ends with it. */
export class Sessions {
  readonly #sessions = new Owned<Cipher>(`${ROOT}/session/s`);

  /** Opens one; resolves with what the other end needs of it, and its path. */
  open(owner: string, algorithm: string, input: Variant): readonly [Variant, string] {
    if (algorithm === PLAIN) {
      if (input.signature !== "s") throw invalid("plain takes an empty text");
      return [new Variant("s", ""), this.#sessions.add(owner, plain)];
    }
    if (algorithm !== DH) throw notSupported("there is no such algorithm");
    if (input.signature !== "ay") throw invalid("that algorithm takes a public value");
    const { cipher, ours } = agree(input.value as Uint8Array);
    return [new Variant("ay", ours), this.#sessions.add(owner, cipher)];
  }

  /** The value that travelled to us. */
  receive(owner: string, [path, parameters, value]: Travelling): Uint8Array {
    return this.#of(owner, path).open(parameters, value);
  }

  /** A value that is to travel. */
  send(owner: string, path: string, value: Uint8Array, contentType: string): readonly Value[] {
    const sealed = this.#of(owner, path).seal(value);
    return [path, sealed.parameters, sealed.value, contentType];
  }

  /** Throws `NoSession` unless that one has it. */
  check(owner: string, path: string): void {
    this.#of(owner, path);
  }

  close(owner: string, path: string): void {
    if (!this.#sessions.remove(owner, path)) throw noSession();
  }

  /** Ends all that one had. */
  forget(owner: string): void {
    this.#sessions.forget(owner);
  }

  #of(owner: string, path: string): Cipher {
    const cipher = this.#sessions.get(owner, path);
    if (cipher === undefined) throw noSession();
    return cipher;
  }
}
