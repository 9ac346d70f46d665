import type { Action, Params } from "@strongroom/client/protocol";
import type { TurnMethod } from "../turn/turn.ts";
import type { Scope } from "./scope.ts";

/**
 * What a method asks of a key: `owner` = it is the owner's alone; `known` = any valid key may;
 * `key` = any may, but no session of one; else whether a scope allows it with these params. Of what is `visible` only names within the
 * scope are seen, by the action that is named.
 */
export type Requirement<M extends TurnMethod> =
  | "key"
  | "known"
  | "owner"
  | ((scope: Scope, params: Params<M>) => boolean)
  | { readonly visible: Action };

const named =
  (action: Action) =>
  (scope: Scope, { name }: { readonly name: string }): boolean =>
    scope.allows(action, name);

/** Every method, sorted; one that is not here does not compile. */
export const REQUIREMENTS: { readonly [M in TurnMethod]: Requirement<M> } = {
  "approval/add": "owner",
  "approval/list": "owner",
  "approval/remove": "owner",
  "audit/list": "owner",
  "audit/policy": "owner",
  "audit/verify": "owner",
  "clipboard/clear": "owner",
  "clock/accept": "owner",
  "daemon/stop": "owner",
  "key/create": "owner",
  "key/list": "owner",
  "key/revoke": "owner",
  "key/rotate": "owner",
  "key/show": "owner",
  "key/update": "owner",
  // Which services it may speak for is judged with the key that is presented.
  "key/verify": (scope) => scope.allowsSome("verify"),
  "lease/acquire": named("lease"),
  "lease/release": named("lease"),
  "lease/renew": named("lease"),
  "oauth/adopt": "owner",
  "oauth/discover": "owner",
  "oauth/export-refresh": "owner",
  "oauth/list": "owner",
  "oauth/login": "owner",
  "oauth/login-wait": "owner",
  "oauth/put": "owner",
  "oauth/remove": "owner",
  "oauth/report": named("token"),
  "oauth/revoke": "owner",
  "oauth/show": "owner",
  "oauth/token": named("token"),
  "recipe/list": { visible: "get" },
  "recipe/remove": "owner",
  "recipe/set": "owner",
  "renewer/list": "owner",
  "renewer/remove": "owner",
  "renewer/set": "owner",
  "secret/delete": named("delete"),
  "secret/get": named("get"),
  "secret/history": named("history"),
  "secret/list": { visible: "list" },
  "secret/purge": named("purge"),
  "secret/restore": named("restore"),
  "secret/set": named("set"),
  "session/authenticate": "known",
  "session/issue": "key",
  "session/jwks": "known",
  "session/own": "owner",
  "slot/add": "owner",
  "slot/list": "owner",
  "slot/remove": "owner",
  "vault/backup": "owner",
  "vault/batch": (scope, { operations }) =>
    operations.every((operation) => {
      if (operation.op === "clear") return scope.allowsAll("delete", operation.prefix);
      if (operation.op === "check") return knowsVersions(scope, operation.name);
      return scope.allows(operation.op, operation.name);
    }),
  "vault/compact": "owner",
  "vault/confirm": "owner",
  "vault/policy": "owner",
  "vault/read": { visible: "get" },
  "vault/rekey": "owner",
  "vault/status": "known",
  "vault/verify": "owner",
  "watch/start": { visible: "list" },
};

/** Whether a key may know at which version a name is. */
export function knowsVersions(scope: Scope, name: string): boolean {
  return scope.allows("get", name) || scope.allows("list", name);
}

/** Whether it may know that of every name in these params of a change. */
export function knowsAllVersions(scope: Scope, params: object): boolean {
  const { name, operations } = params as {
    readonly name?: string;
    readonly operations?: Params<"vault/batch">["operations"];
  };
  if (operations === undefined) return name !== undefined && knowsVersions(scope, name);
  return operations.every((each) => each.op === "clear" || knowsVersions(scope, each.name));
}
