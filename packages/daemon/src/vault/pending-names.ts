import { Barren } from "./barren.ts";
import { isLive } from "./secret.ts";
import type { Secret } from "./secret.ts";
import type { VaultState } from "./state.ts";

/** What the commits of one frame will make of the names, laid over those that are durable. */
export class PendingNames {
  readonly #state: VaultState;
  readonly #laid = new Map<string, Secret | undefined>();
  /** Names in `#laid` that have a value there. */
  readonly #valued = new Set<string>();
  /** Where the state below has nothing that lives and is not in `#laid`. */
  readonly #barren = new Barren();
  readonly #before = new Map<
    string,
    { readonly known: boolean; readonly secret: Secret | undefined }
  >();
  #opened: { readonly name: string; readonly secret: Secret | undefined } | undefined;

  constructor(state: VaultState) {
    this.#state = state;
  }

  /** A name as it will be. */
  get(name: string): Secret | undefined {
    const secret = this.#laid.get(name);
    if (secret !== undefined || this.#laid.has(name)) return secret;
    // A judgement asks for the same name again and again, and each time it would be opened.
    if (this.#opened?.name !== name) this.#opened = { name, secret: this.#state.peek(name) };
    return this.#opened.secret;
  }

  /**
   * Every name with a prefix that is alive at a time. What was cleared before in this frame is
   * not gone over again.
   */
  live(prefix: string, at: number): string[] {
    const found: string[] = [];
    for (const name of this.#valued) {
      if (name.startsWith(prefix) && isLive(this.#laid.get(name), at)) found.push(name);
    }
    const isUntouched = (name: string): boolean =>
      !this.#laid.has(name) && isLive(this.#state.peek(name), at);
    return [...found, ...this.#barren.search(this.#state.names(), prefix, isUntouched)];
  }

  /** A judgement begins: `undo` takes back what it does. */
  begin(): void {
    this.#before.clear();
    this.#barren.begin();
  }

  undo(): void {
    for (const [name, { known, secret }] of this.#before) {
      this.#lay(name, secret);
      if (!known) this.#laid.delete(name);
    }
    this.#barren.undo();
  }

  /** Lays a name over the one that is durable. */
  put(name: string, secret: Secret | undefined): void {
    if (!this.#before.has(name)) {
      this.#before.set(name, { known: this.#laid.has(name), secret: this.#laid.get(name) });
    }
    this.#lay(name, secret);
  }

  publish(): void {
    for (const [name, secret] of this.#laid) this.#state.put(name, secret);
  }

  #lay(name: string, secret: Secret | undefined): void {
    this.#laid.set(name, secret);
    if (secret?.value === undefined) this.#valued.delete(name);
    else this.#valued.add(name);
  }
}
