import { Calls } from "./calls.ts";
import { demands } from "./demands.ts";
import { withLease } from "./lease.ts";
import type { LeaseOptions, LeaseWork } from "./lease.ts";
import type { CallOptions, ChangeOptions, ExpectOptions, SetOptions } from "./options.ts";
import type { BatchOperation, Params, Result, SecretEntry } from "./protocol/index.ts";
import { Secret } from "./secret.ts";
import { tokenCall } from "./token.ts";
import type { TokenOptions } from "./token.ts";
import { update } from "./update.ts";
import type { Compute } from "./update.ts";
import { encodeValue } from "./values.ts";

import { watch } from "./watch.ts";
import type { Watched, WatchOptions } from "./watch.ts";

/**
 * A client of a vault's daemon. Every call has a deadline and rejects with a `StrongroomError`
 * of the closed table; a lost connection is made anew by the next call. Every change carries a
 * request id, so that sending it again after a lost connection cannot do it twice.
 */
export class Client extends Calls {
  /** The value of a name, or of one of its kept versions. `NOT_FOUND` when there is none. */
  async get(
    name: string,
    options: CallOptions & { readonly version?: number } = {},
  ): Promise<Secret> {
    const { version } = options;
    const params = version === undefined ? { name } : { name, version };
    const found = await this.call("secret/get", params, options);
    return new Secret(found, found.revision);
  }

  /** Up to 100 names at one revision; `null` for those that are missing. */
  async read(
    names: readonly string[],
    options?: CallOptions,
  ): Promise<{ readonly revision: number; readonly secrets: readonly (Secret | null)[] }> {
    const { secrets, revision } = await this.call("vault/read", { names }, options);
    return {
      revision,
      secrets: secrets.map((found) => (found === null ? null : new Secret(found, revision))),
    };
  }

  /** Stores a value; durable when it resolves. */
  async set(
    name: string,
    value: string | Uint8Array,
    options: SetOptions = {},
  ): Promise<Result<"secret/set">> {
    const { metadata } = options;
    const params = {
      name,
      ...encodeValue(value),
      ...(metadata && { metadata }),
      ...demands(options),
    };
    return this.change("secret/set", params, options);
  }

  /** Reads, computes and writes until nobody wrote between; see `update` for the rules. */
  update(name: string, compute: Compute, options: CallOptions = {}): Promise<Result<"secret/set">> {
    return update(this, name, compute, options);
  }

  async delete(name: string, options: ExpectOptions = {}): Promise<Result<"secret/delete">> {
    return this.change("secret/delete", { name, ...demands(options) }, options);
  }

  /** One page of names, at most 1000; `cursor` leads to the next. */
  list(params: Params<"secret/list"> = {}, options?: CallOptions): Promise<Result<"secret/list">> {
    return this.call("secret/list", params, options);
  }

  /** Every name that matches, page by page. */
  async *entries(
    params: Params<"secret/list"> = {},
    options?: CallOptions,
  ): AsyncGenerator<SecretEntry, void, undefined> {
    let page = await this.list(params, options);
    for (;;) {
      yield* page.secrets;
      if (page.cursor === undefined) return;
      page = await this.list({ ...params, cursor: page.cursor }, options);
    }
  }

  history(name: string, options?: CallOptions): Promise<Result<"secret/history">> {
    return this.call("secret/history", { name }, options);
  }

  /** Makes a new version with the value of an old one. */
  async restore(
    name: string,
    version: number,
    options: ExpectOptions = {},
  ): Promise<Result<"secret/restore">> {
    return this.change("secret/restore", { name, version, ...demands(options) }, options);
  }

  /** Forgets a name altogether, or some of its kept versions. */
  async purge(
    name: string,
    options: ExpectOptions & { readonly versions?: readonly number[] } = {},
  ): Promise<Result<"secret/purge">> {
    const { versions } = options;
    const params = { name, ...(versions && { versions }), ...demands(options) };
    return this.change("secret/purge", params, options);
  }

  /** Up to 1000 operations, all or none, at one revision. */
  async batch(
    operations: readonly BatchOperation[],
    options: ChangeOptions & Pick<ExpectOptions, "lease"> = {},
  ): Promise<Result<"vault/batch">> {
    return this.change("vault/batch", { operations, ...demands(options) }, options);
  }

  /** Runs `work` while nobody else holds the lease of that name; see `withLease` for the rules. */
  withLease<T>(name: string, work: LeaseWork<T>, options?: LeaseOptions): Promise<T> {
    return withLease(this, this.session, name, work, options);
  }

  /** An access token that may be used now; it may wait for a refresh, 30 s unless told. */
  token(name: string, options: TokenOptions = {}): Promise<Result<"oauth/token">> {
    return this.call("oauth/token", ...tokenCall(name, options, this.timeout.asked));
  }

  /** Some service did not take the token of that generation: ask for another one. */
  reportToken(
    name: string,
    generation: number,
    options?: CallOptions,
  ): Promise<Result<"oauth/report">> {
    return this.call("oauth/report", { name, generation }, options);
  }

  status(
    params: Params<"vault/status"> = {},
    options?: CallOptions,
  ): Promise<Result<"vault/status">> {
    return this.call("vault/status", params, options);
  }

  /** Has every file read back and authenticated. */
  verify(options?: CallOptions): Promise<Result<"vault/verify">> {
    return this.call("vault/verify", {}, options);
  }

  compact(options?: CallOptions): Promise<Result<"vault/compact">> {
    return this.call("vault/compact", {}, options);
  }

  /** Writes an encrypted copy into `backups/` of the home and names it. */
  backup(options?: CallOptions): Promise<Result<"vault/backup">> {
    return this.call("vault/backup", {}, options);
  }

  /** Lets the daemon finish what it accepted and exit. */
  stop(options?: CallOptions): Promise<Result<"daemon/stop">> {
    return this.call("daemon/stop", {}, options);
  }

  /**
   * What happens to the names of a pattern, from now on or behind a revision; see `watch` for the
   * rules. Ends when the vault is locked.
   */
  watch(pattern = "**", options: WatchOptions = {}): AsyncGenerator<Watched, void, undefined> {
    return watch(this.session, pattern, options);
  }
}
