import type { Params, Result } from "@strongroom/client/protocol";
import type { Caller, TurnMethod } from "../turn/turn.ts";
import type { By } from "./of-commit.ts";

/**
 * How a method is recorded: a `change` stands in its frame, a `read` as the policy says, `work`
 * before its reply, and of the others nothing. A `release` is not answered before it is recorded,
 * whatever the policy. Refusals are recorded of all.
 */
export interface Subject<M extends TurnMethod> {
  readonly kind: "change" | "none" | "read" | "release" | "work";
  readonly operation: string;
  /** What it is about: names, or the patterns that stand for them. Refused = without a result. */
  readonly names: (params: Params<M>, result?: Result<M>) => readonly string[];
  /** Which of these the answer has nothing of; absent = none. */
  readonly missed?: (params: Params<M>, result: Result<M>) => readonly string[];
}

const ANYTHING = "**";
/** Of a refused batch at most so many names are told. */
const TOLD = 100;

const change = (operation: string) => ({
  kind: "change" as const,
  operation,
  names: ({ name }: { readonly name: string }) => [name],
});
const ofKey = (operation: string) => ({
  kind: "change" as const,
  operation,
  names: ({ key }: { readonly key: string }) => [key],
});
const ofPath = (operation: string) => ({
  kind: "change" as const,
  operation,
  names: ({ path }: { readonly path: string }) => [path],
});
const read = (operation: string) => ({ ...change(operation), kind: "read" as const });
const work = (operation: string) => ({ kind: "work" as const, operation, names: () => [] });
const none = (operation: string) => ({ kind: "none" as const, operation, names: () => [] });

/** Every method, sorted; one that is not here does not compile. */
export const SUBJECTS: { readonly [M in TurnMethod]: Subject<M> } = {
  "approval/add": ofPath("approval/add"),
  "approval/list": none("approval/list"),
  "approval/remove": ofPath("approval/remove"),
  "audit/list": none("audit/list"),
  "audit/policy": { kind: "change", operation: "audit/policy", names: () => [] },
  "audit/verify": none("audit/verify"),
  "clipboard/clear": none("clipboard/clear"),
  "clock/accept": { kind: "change", operation: "clock/accept", names: () => [] },
  "daemon/stop": work("daemon/stop"),
  "key/create": change("key/create"),
  "key/list": none("key/list"),
  "key/revoke": ofKey("key/revoke"),
  "key/rotate": ofKey("key/rotate"),
  "key/show": { ...ofKey("key/show"), kind: "none" },
  "key/update": ofKey("key/update"),
  "key/verify": {
    kind: "read",
    operation: "verify",
    names: ({ resource }, result) => [result === undefined ? resource : `key:${result.id}`],
  },
  "lease/acquire": { ...change("lease/acquire"), kind: "none" },
  "lease/release": { ...change("lease/release"), kind: "none" },
  "lease/renew": { ...change("lease/renew"), kind: "none" },
  "oauth/adopt": change("oauth/adopt"),
  "oauth/discover": none("oauth/discover"),
  "oauth/export-refresh": { ...change("oauth/export-refresh"), kind: "release" },
  "oauth/list": none("oauth/list"),
  "oauth/login": { ...change("oauth/login"), kind: "none" },
  "oauth/login-wait": none("oauth/login-wait"),
  "oauth/put": change("oauth/put"),
  "oauth/remove": change("oauth/remove"),
  "oauth/report": { ...change("oauth/report"), kind: "none" },
  "oauth/revoke": work("oauth/revoke"),
  "oauth/show": { ...change("oauth/show"), kind: "none" },
  "oauth/token": read("token"),
  "recipe/list": none("recipe/list"),
  "recipe/remove": change("recipe/remove"),
  "recipe/set": change("recipe/set"),
  "renewer/list": none("renewer/list"),
  "renewer/remove": change("renewer/remove"),
  "renewer/set": change("renewer/set"),
  "secret/delete": change("delete"),
  "secret/get": read("get"),
  "secret/history": read("history"),
  "secret/list": {
    kind: "read",
    operation: "list",
    names: ({ pattern = ANYTHING }) => [pattern],
  },
  "secret/purge": change("purge"),
  "secret/restore": change("restore"),
  "secret/set": change("set"),
  "session/authenticate": none("session/authenticate"),
  "session/issue": work("session/issue"),
  "session/jwks": none("session/jwks"),
  "session/own": work("session/own"),
  "slot/add": {
    ...work("slot/add"),
    names: ({ type }, result) => [
      result === undefined ? `slot:${type}` : `slot:${result.slot} (${type})`,
    ],
  },
  "slot/list": none("slot/list"),
  "slot/remove": { ...work("slot/remove"), names: ({ slot }) => [`slot:${slot}`] },
  "vault/backup": work("vault/backup"),
  "vault/batch": {
    kind: "change",
    operation: "batch",
    names: ({ operations }) =>
      operations.slice(0, TOLD).map((each) => (each.op === "clear" ? each.prefix : each.name)),
  },
  "vault/compact": work("vault/compact"),
  "vault/confirm": work("vault/confirm"),
  "vault/policy": { kind: "change", operation: "vault/policy", names: () => [] },
  "vault/read": {
    kind: "read",
    operation: "get",
    names: ({ names }) => names,
    missed: ({ names }, { secrets }) => names.filter((_, index) => secrets[index] === null),
  },
  "vault/rekey": work("vault/rekey"),
  "vault/status": none("vault/status"),
  "vault/verify": none("vault/verify"),
  "watch/start": {
    kind: "read",
    operation: "watch",
    // Whoever hears nothing has read nothing.
    names: ({ cursor, pattern = ANYTHING }, result) =>
      cursor === undefined || result === undefined || result.events.length > 0 ? [pattern] : [],
  },
};

/** Whose a change is, and by which method where the change itself does not say it. */
export function byOf(method: TurnMethod, { actor, who }: Caller): By {
  const isNamed = /^(?:key|oauth|renewer)\//.test(method);
  return { who: who ?? { actor }, operation: isNamed ? SUBJECTS[method].operation : undefined };
}
