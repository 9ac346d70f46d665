import { approvals } from "./approval-table.ts";
import { operations, results } from "./batch-shapes.ts";
import { LIMITS } from "./limits.ts";
import { nothing } from "./method-entry.ts";
import type { MethodEntry } from "./method-entry.ts";
import type { MethodName, Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import { recipeName } from "./recipe-table.ts";
import { nullable, secret } from "./result-shapes.ts";
import { boolean, integer, list, oneOf, text } from "./shape.ts";
import { autolock, state, status } from "./status-shapes.ts";
import { fenced, name, repeatable, revision } from "./value-shapes.ts";

type VaultMethodName = Extract<MethodName, `vault/${string}`>;

/** `vault/*`, sorted. */
export const VAULT_METHODS: { readonly [M in VaultMethodName]: MethodEntry<M> } = {
  "vault/backup": {
    summary: "Writes an encrypted backup and names its file.",
    kind: "read",
    params: nothing,
    result: object<Result<"vault/backup">>({ file: text(), revision }),
  },
  "vault/batch": {
    summary: "Performs all of these operations at one revision, or none.",
    kind: "mutation",
    params: object<Params<"vault/batch">>({ operations, ...fenced, ...repeatable }),
    result: object<Result<"vault/batch">>({ results, revision }),
  },
  "vault/compact": {
    summary: "Starts a new epoch: one snapshot and an empty journal.",
    kind: "mutation",
    params: nothing,
    result: object<Result<"vault/compact">>({ epoch: text(), revision }),
  },
  "vault/confirm": {
    summary: "The owner has seen that the vault was made of a backup: it says so no longer.",
    kind: "mutation",
    params: nothing,
    result: object<Result<"vault/confirm">>({ confirmed: boolean, revision }),
  },
  "vault/lock": {
    summary: "Locks the vault; answered when no process holds a secret of it any more.",
    kind: "any",
    params: nothing,
    result: object<Result<"vault/lock">>({ state: oneOf("locked"), revision }),
  },
  "vault/policy": {
    summary: "Chooses what the vault asks of whoever comes by the owner's socket.",
    kind: "mutation",
    params: object<Params<"vault/policy">>({ requireKey: boolean, ...repeatable }),
    result: object<Result<"vault/policy">>({ requireKey: boolean, revision }),
  },
  "vault/read": {
    summary: "Returns several secrets at one revision; missing ones as null.",
    kind: "read",
    params: object<Params<"vault/read">>({
      names: list(name, { maxItems: LIMITS.readNames }),
      versions: optional(list(integer(0), { maxItems: LIMITS.readNames })),
      approvals: optional(approvals),
      recipe: optional(
        object<Required<Params<"vault/read">>["recipe"]>({
          name: recipeName,
          generation: integer(1),
        }),
      ),
    }),
    result: object<Result<"vault/read">>({ secrets: list(nullable(secret)), revision }),
  },
  "vault/rekey": {
    summary: "Puts the vault under a new data key; every slot opens it as before.",
    kind: "mutation",
    params: nothing,
    result: object<Result<"vault/rekey">>({ epoch: text(), revision }),
  },
  "vault/status": {
    summary: "Says how the daemon and its vault are; answered in every state.",
    kind: "any",
    params: object<Params<"vault/status">>({ detail: optional(boolean) }),
    result: status,
  },
  "vault/unlock": {
    summary: "Opens a locked vault, and says when it locks itself.",
    kind: "any",
    params: object<Params<"vault/unlock">>({
      passphrase: optional(text({ maxLength: LIMITS.passphraseBytes })),
      identity: optional(text({ maxLength: LIMITS.identityCharacters })),
      autolock: optional(autolock),
    }),
    result: object<Result<"vault/unlock">>({
      state,
      unlocked: boolean,
      remarks: optional(list(text())),
      revision,
    }),
  },
  "vault/verify": {
    summary: "Reads every file of the vault back and authenticates it.",
    kind: "read",
    params: nothing,
    result: object<Result<"vault/verify">>({
      ok: boolean,
      frames: integer(0),
      secrets: integer(0),
      revision,
    }),
  },
};
