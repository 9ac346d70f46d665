import type { ApiKeyTerms, Params } from "@strongroom/client/protocol";
import {
  checkRule,
  LIMITS,
  OWN_AUDIENCE,
  parseRule,
  StrongroomError,
} from "@strongroom/client/protocol";
import type { Minting } from "../authority/minter.ts";
import { stateOf } from "../vault/key-record.ts";
import type { KeyRecord } from "../vault/key-record.ts";
import type { Pending } from "../vault/pending.ts";

/** The methods that make a key. */
export const MINTING: ReadonlySet<string> = new Set(["key/create", "key/rotate"]);

/** At most so many bytes that the record of a key takes, with its rules of at most 8 KiB. */
export const KEY_RECORD_BYTES = 10_240;
const RULES_BYTES = 8192;
/** At most so many keys of one name that work at once, each but the newest until its overlap ends. */
export const SAME_NAME = 4;

/** What the turn gave to a method that makes a key. */
export function mintingOf(params: object): Minting {
  const { minting } = params as { readonly minting?: Minting };
  if (minting === undefined) throw new TypeError("no key can be minted");
  return minting;
}

/** What the record of the key has of it that comes of a salt. */
export function provenOf(params: object, salt: number): Pick<KeyRecord, "id" | "proof" | "proves"> {
  const { id, proof } = mintingOf(params)(salt);
  return { id, proof, proves: "sha256" };
}

/**
 * The key of an id; or those of a name, the newest first: all that are active, for in an overlap
 * they are several, else the newest.
 */
export function findKeys(
  keys: Iterable<KeyRecord>,
  which: string,
  at: number,
): readonly [KeyRecord, ...KeyRecord[]] {
  const all = [...keys].toReversed();
  const ofId = all.filter(({ id }) => id === which);
  const ofName = ofId.length > 0 ? ofId : all.filter(({ name }) => name === which);
  const active = ofName.filter((record) => stateOf(record, at) === "active");
  const [first, ...others] = active.length > 0 ? active : ofName.slice(0, 1);
  if (first !== undefined) return [first, ...others];
  throw new StrongroomError("NOT_FOUND", "there is no API key of that name or id", {
    hint: "strongroom key list",
  });
}

/** The first of them. */
export function findKey(keys: Iterable<KeyRecord>, which: string, at: number): KeyRecord {
  return findKeys(keys, which, at)[0];
}

/** The refusal of a change of a key that has ended. */
export function hasEnded(): StrongroomError {
  return new StrongroomError("INVALID", "this API key has ended and cannot be changed", {
    hint: "make another: strongroom key create NAME --allow RULE --expires 30d",
  });
}

/** Refuses a name that an active key has, or that is the id of any. */
export function nameIsFree(pending: Pending, name: string): void {
  const all = pending.keys.all();
  if (all.some(({ id }) => id === name)) {
    throw new StrongroomError("ALREADY_EXISTS", "that is the id of an API key", {
      hint: "choose another name: strongroom key create NAME --allow RULE",
    });
  }
  const taken = all.some((each) => each.name === name && stateOf(each, pending.at) === "active");
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
  const { rate, quota } = limitsOf(terms, before);
  const { addAllow, addDeny, removeAllow, removeDeny } = terms as Partial<Params<"key/update">>;
  const allow = changed(terms.allow ?? before.allow ?? [], addAllow, removeAllow);
  const deny = changed(terms.deny ?? before.deny ?? [], addDeny, removeDeny);
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

function limitsOf(
  terms: ApiKeyTerms | Partial<Params<"key/update">>,
  before: Partial<KeyRecord>,
): { readonly quota: number | undefined; readonly rate: KeyRecord["rate"] | undefined } {
  const { noQuota, noRate } = { noQuota: undefined, noRate: undefined, ...terms };
  if (noRate === true && terms.rate !== undefined) throw invalid("rate is not beside noRate");
  if (noQuota === true && terms.quota !== undefined) throw invalid("quota is not beside noQuota");
  return {
    rate: noRate === true ? undefined : (terms.rate ?? before.rate),
    quota: noQuota === true ? undefined : (terms.quota ?? before.quota),
  };
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, {
    hint: "strongroom key create NAME --allow RULE --expires 30d, or --no-expiry",
  });
}

/** Rules without those that go, which must be there, and with those that are new. */
function changed(
  rules: readonly string[],
  added: readonly string[] = [],
  removed: readonly string[] = [],
): readonly string[] {
  const missing = removed.find((rule) => !rules.includes(rule));
  if (missing !== undefined) {
    throw new StrongroomError(
      "INVALID",
      `there is no rule ${JSON.stringify(missing)} to take away`,
      { hint: "those of a key are shown by: strongroom key show ID" },
    );
  }
  return [...new Set([...rules.filter((rule) => !removed.includes(rule)), ...added])];
}
