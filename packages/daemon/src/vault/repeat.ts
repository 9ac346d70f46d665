import { StrongroomError } from "@strongroom/client/protocol";
import { HASH_BYTES } from "./commit.ts";
import type { CommitRequest } from "./commit.ts";
import { KeyedHash } from "./keyed-hash.ts";
import type { Pending } from "./pending.ts";
import type { Remembered } from "./requests.ts";
import { isOutdated } from "./requests.ts";

/** What tells a repeated request from a new one, without holding what was asked. */
export type Fingerprint = Pick<CommitRequest, "body" | "key">;

/** Makes fingerprints with a key of the vault. */
export class Fingerprints {
  readonly #keyed: KeyedHash;

  constructor(key: Uint8Array) {
    this.#keyed = new KeyedHash(key);
  }

  /** Of a mutation; undefined when it carries no request id. */
  of(
    actor: string,
    method: string,
    params: { readonly requestId?: string; readonly seen?: number },
  ): Fingerprint | undefined {
    const { requestId, seen: _, ...body } = params;
    if (requestId === undefined) return undefined;
    return {
      key: this.#keyed.of(JSON.stringify([actor, requestId]), HASH_BYTES),
      body: this.#keyed.of(`${method} ${canonicalJson(body)}`, HASH_BYTES),
    };
  }
}

/**
 * What the same request did before, or undefined when it may be executed. `INVALID` when the
 * id stood for another request, `TIMEOUT` when it may have been executed and forgotten.
 */
export function repeated(
  pending: Pending,
  fingerprint: Fingerprint,
  seen: number | undefined,
  at: number,
): Remembered | undefined {
  const known = pending.requests.get(fingerprint.key);
  if (known !== undefined && !isOutdated(known, at)) {
    if (known.body === fingerprint.body) return known;
    throw new StrongroomError("INVALID", "this requestId was used for another request", {
      hint: "use a new requestId for every new request",
    });
  }
  if ((seen ?? 0) >= pending.requests.forgottenAt(at)) return undefined;
  throw new StrongroomError(
    "TIMEOUT",
    "whether a request with this requestId was executed is no longer known; it was not executed now",
    { hint: "read what stands, then repeat with a new requestId and the revision last seen" },
  );
}

/** JSON with the keys of every object in order, so that equal requests are equal texts. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  let fields = "";
  // By code units, whatever the language: the order of a sort that is told none.
  for (const name of Object.keys(value).toSorted()) {
    const field = (value as { readonly [name: string]: unknown })[name];
    if (field === undefined) continue;
    fields += `${fields === "" ? "" : ","}${JSON.stringify(name)}:${canonicalJson(field)}`;
  }
  return `{${fields}}`;
}
