import type { OAuthChange } from "./change.ts";
import { weightOf } from "./oauth-record.ts";
import type { OAuthRecord } from "./oauth-record.ts";
import { malformed } from "./reader.ts";
import type { Counters, VaultState } from "./state.ts";

/** What the commits of one frame will make of the OAuth credentials, laid over the durable ones. */
export class PendingOAuth {
  readonly #state: VaultState;
  readonly #laid = new Map<string, OAuthRecord | undefined>();
  #before = new Map<
    string,
    { readonly known: boolean; readonly record: OAuthRecord | undefined }
  >();

  constructor(state: VaultState) {
    this.#state = state;
  }

  /** A credential as it will be. */
  get(name: string): OAuthRecord | undefined {
    return this.#laid.has(name) ? this.#laid.get(name) : this.#state.oauth.get(name);
  }

  /** The names with a prefix that will be credentials. */
  names(prefix: string): string[] {
    const all = new Set([...this.#state.oauth.keys(), ...this.#laid.keys()]);
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

  /** Applies a change and returns what it makes of the counters; `CORRUPT` when it does not follow. */
  apply(change: OAuthChange, counters: Counters): Partial<Counters> {
    const name = change.kind === "oauth" ? change.record.name : change.name;
    const before = this.get(name);
    if (!this.#before.has(name)) {
      this.#before.set(name, { known: this.#laid.has(name), record: this.#laid.get(name) });
    }
    if (change.kind === "forget-oauth" && before === undefined) throw malformed();
    // A generation that comes again would be taken for the tokens that it once was.
    if (change.kind === "oauth" && change.record.generation < (before?.generation ?? 0)) {
      throw malformed();
    }
    const after = change.kind === "oauth" ? change.record : undefined;
    this.#laid.set(name, after);
    const { live, weight } = counters;
    return {
      live: live + Number(after !== undefined) - Number(before !== undefined),
      weight: weight + weightOf(after) - weightOf(before),
    };
  }

  publish(): void {
    for (const [name, record] of this.#laid) this.#state.putOAuth(name, record);
  }
}
