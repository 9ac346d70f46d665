import { APPROVAL_METHODS } from "./approval-table.ts";
import { AUDIT_METHODS } from "./audit-table.ts";
import { CLIPBOARD_METHODS } from "./clipboard-table.ts";
import { KEY_METHODS } from "./key-table.ts";
import { LEASE_METHODS } from "./lease-table.ts";
import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { AtRevision, MethodName, Params, Result } from "./methods.ts";
import { OAUTH_METHODS } from "./oauth-table.ts";
import { object, optional } from "./object-shape.ts";
import { RECIPE_METHODS } from "./recipe-table.ts";
import { RENEWER_METHODS } from "./renewer-table.ts";
import { entry, historyEntry, namedVersion, secretFields } from "./result-shapes.ts";
import { SESSION_METHODS } from "./session-table.ts";
import { boolean, integer, list, text } from "./shape.ts";
import { addedSlot, removedSlot, slotId, slotList, slotParams } from "./slot-shapes.ts";
import { helloParams, helloResult } from "./status-shapes.ts";
import { VAULT_METHODS } from "./vault-table.ts";
import { WATCH_METHODS } from "./watch-table.ts";
import {
  checkValue,
  expect,
  fenced,
  metadata,
  name,
  pattern,
  repeatable,
  revision,
  time,
  valueFields,
  version,
} from "./value-shapes.ts";

const atRevision = object<AtRevision>({ revision });
const namedResult = object<Result<"secret/set">>({ ...namedVersion, revision });
const plainSet = object<Params<"secret/set">>({
  name,
  ...valueFields,
  metadata: optional(metadata),
  expect: optional(expect),
  ...fenced,
  ...repeatable,
});
/** Every method, sorted: the parsers of the daemon and the source of the OpenRPC document. */
export const METHODS: { readonly [M in MethodName]: MethodEntry<M> } = {
  ...APPROVAL_METHODS,
  ...AUDIT_METHODS,
  ...CLIPBOARD_METHODS,
  "clock/accept": {
    summary: "Takes the wall clock for right, whatever the vault has seen before.",
    kind: "mutation",
    params: nothing,
    result: object<Result<"clock/accept">>({ time, before: time, revision }),
  },
  "daemon/stop": {
    summary: "Finishes what was accepted and ends the daemon.",
    kind: "any",
    params: nothing,
    result: atRevision,
  },
  hello: {
    summary: "The first request of a connection: agrees on a protocol.",
    kind: "any",
    params: helloParams,
    result: helloResult,
  },
  ...KEY_METHODS,
  ...LEASE_METHODS,
  ...OAUTH_METHODS,
  ...RECIPE_METHODS,
  ...RENEWER_METHODS,
  "secret/delete": {
    summary: "Deletes a secret; its versions stay in the history.",
    kind: "mutation",
    params: object<Params<"secret/delete">>({
      name,
      expect: optional(expect),
      ...fenced,
      ...repeatable,
    }),
    result: namedResult,
  },
  "secret/get": {
    summary: "Returns a secret with its value.",
    kind: "read",
    params: object<Params<"secret/get">>({ name, version: optional(version) }),
    result: object<Result<"secret/get">>({ ...secretFields, revision }),
  },
  "secret/history": {
    summary: "Lists the kept versions of a name.",
    kind: "read",
    params: object<Params<"secret/history">>({ name }),
    result: object<Result<"secret/history">>({ versions: list(historyEntry), revision }),
  },
  "secret/list": {
    summary: "Lists secrets without their values, page by page.",
    kind: "read",
    params: object<Params<"secret/list">>({
      pattern: optional(pattern),
      tag: optional(text()),
      limit: optional(integer(1, LIMITS.listLimit)),
      cursor: optional(text({ maxLength: 2048 })),
      all: optional(boolean),
    }),
    result: object<Result<"secret/list">>({
      secrets: list(entry),
      cursor: optional(text()),
      revision,
    }),
  },
  "secret/purge": {
    summary: "Forgets a name, or only these versions of it, for good.",
    kind: "mutation",
    params: object<Params<"secret/purge">>({
      name,
      versions: optional(list(version, { minItems: 1, maxItems: LIMITS.batchOperations })),
      expect: optional(expect),
      ...fenced,
      ...repeatable,
    }),
    result: object<Result<"secret/purge">>({ purged: integer(0), revision }),
  },
  "secret/restore": {
    summary: "Stores the value of a kept version as a new version.",
    kind: "mutation",
    params: object<Params<"secret/restore">>({
      name,
      version,
      expect: optional(expect),
      ...fenced,
      ...repeatable,
    }),
    result: namedResult,
  },
  "secret/set": {
    summary: "Stores a value under a name.",
    kind: "mutation",
    params: {
      ...plainSet,
      parse(value, field) {
        const params = plainSet.parse(value, field);
        checkValue(params, field);
        return params;
      },
    },
    result: namedResult,
  },
  ...SESSION_METHODS,
  "slot/add": {
    summary: "Adds a way to the data key, proved before it is written; durable when answered.",
    kind: "mutation",
    params: slotParams,
    result: addedSlot,
  },
  "slot/list": {
    summary: "Lists the ways to the data key.",
    kind: "read",
    params: nothing,
    result: slotList,
  },
  "slot/remove": {
    summary: "Ends a way to the data key, with a new data key unless that is to be kept.",
    kind: "mutation",
    params: object<Params<"slot/remove">>({ slot: slotId, keepDataKey: optional(boolean) }),
    result: removedSlot,
  },
  ...VAULT_METHODS,
  ...WATCH_METHODS,
};
