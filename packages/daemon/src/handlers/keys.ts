import type { ApiKeyTerms, Params } from "@strongroom/client/protocol";
import {
  checkRule,
  LIMITS,
  OWN_AUDIENCE,
  parseRule,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Minted } from "../authority/minter.ts";
import { stateOf } from "../vault/key-record.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { Pending } from "../vault/pending.ts";

/** The methods that make a key. */
export const MINTING: ReadonlySet<string> = new Set(["key/create", "key/rotate"]);
/** The methods that may end a key: its id is their figures. */
export const ENDING: ReadonlySet<string> = new Set(["key/revoke", "key/rotate"]);

/** At most so many bytes that the record of a key takes, with its rules of at most 8 KiB. */
export const KEY_RECORD_BYTES = 10_240;
const RULES_BYTES = 8192;

/** The key that the turn minted for a method that makes one. */
export function mintedOf(params: object): Minted {
  const { minted } = params as { readonly minted?: Minted };
  if (minted === undefined) throw new TypeError("no key was minted");
  return minted;
}

/** What the record of that key has of it. */
export function provenOf(params: object): Pick<KeyRecord, "id" | "proof" | "proves"> {
  const { id, proof } = mintedOf(params);
  return { id, proof, proves: "sha256" };
}

/** The key that an id names, or a name: the newest that is active, else the newest. */
export function findKey(keys: Iterable<KeyRecord>, which: string, at: number): KeyRecord {
  const found = [...keys].filter(({ id, name }) => id === which || name === which);
  const active = found.findLast((record) => stateOf(record, at) === "active");
  const record = active ?? found.at(-1);
  if (record !== undefined) return record;
  throw new StrongroomError("NOT_FOUND", "there is no API key of that name or id", {
    hint: "strongroom key list",
  });
}

/** Refuses a name that an active key has. */
export function nameIsFree(pending: Pending, name: string): void {
  const taken = pending.keys
    .all()
    .some((record) => record.name === name && stateOf(record, pending.at) === "active");
  if (!taken) return;
  throw new StrongroomError("ALREADY_EXISTS", "there is an active API key of that name", {
    hint: "strongroom key rotate NAME, or revoke it first: strongroom key revoke NAME",
  });
}

/** Makes room for one more: the oldest that is ended goes. */
export function makeRoom(pending: Pending): void {
  const all = pending.keys.all();
  if (all.length < LIMITS.apiKeys) return;
  const ended = all.find((record) => stateOf(record, pending.at) !== "active");
  if (ended === undefined) {
    throw new StrongroomError("TOO_LARGE", `a vault has at most ${LIMITS.apiKeys} API keys`, {
      hint: "revoke those that nobody needs: strongroom key list",
    });
  }
  pending.record({ kind: "forget-key", id: ended.id });
}

/**
 * The terms of a key as its record has them; `INVALID` when they leave open when it ends. `before`:
 * the key as it was, or whom a new one is for.
 */
export function termsOf(
  terms: ApiKeyTerms | Partial<Params<"key/update">>,
  at: number,
  before: Partial<KeyRecord>,
): Pick<KeyRecord, "allow" | "deny" | "expiresAt" | "quota" | "rate"> {
  const { noExpiry } = terms;
  const expiresAt = terms.expiresAt ?? (noExpiry === true ? undefined : before.expiresAt);
  if (terms.expiresAt !== undefined && (noExpiry === true || terms.expiresAt <= at)) {
    throw invalid("expiresAt must be in the future, and not beside noExpiry");
  }
  const endless = before.id !== undefined && before.expiresAt === undefined;
  if (expiresAt === undefined && noExpiry !== true && !endless) {
    throw invalid("a key needs an end: expiresAt, or noExpiry");
  }
  const rate = terms.rate ?? before.rate;
  const quota = terms.quota ?? before.quota;
  const allow = terms.allow ?? before.allow ?? [];
  const deny = terms.deny ?? before.deny ?? [];
  const audience = before.audience ?? OWN_AUDIENCE;
  for (const rule of [...allow, ...deny]) checkRule(parseRule(rule), audience);
  if (Buffer.byteLength(JSON.stringify([allow, deny])) > RULES_BYTES) {
    throw new StrongroomError("TOO_LARGE", `the rules of a key take at most ${RULES_BYTES} bytes`);
  }
  return {
    allow,
    deny,
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(rate === undefined ? {} : { rate }),
    ...(quota === undefined ? {} : { quota }),
  };
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, {
    hint: "strongroom key create NAME --allow RULE --expires 30d, or --no-expiry",
  });
}
