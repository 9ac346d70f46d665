import { StrongroomError } from "@strongroom/client/protocol";
import { COMMON } from "../command.ts";
import type { Command, Input } from "../command.ts";
import { jwks, token } from "../key-token.ts";
import { requireKey } from "../key-require.ts";
import { keySocket } from "../key-socket.ts";
import { verify } from "../key-verify.ts";
import * as keys from "../keys.ts";
import { PASSPHRASE_OPTIONS } from "../passphrase.ts";

interface Part {
  readonly run: (input: Input) => Promise<number>;
  /** The options that mean something to it; any other is no slip that may pass. */
  readonly takes: readonly string[];
  /** At most so many operands behind its name; one unless told. */
  readonly operands?: number;
}

/** A passphrase proves a slot, where the vault asks for that. */
const ALWAYS = { ...COMMON, ...PASSPHRASE_OPTIONS };
const TERMS = ["allow", "deny", "expires", "no-expiry", "quota", "rate"] as const;
const TAKEN_AWAY = ["no-allow", "no-deny", "no-quota", "no-rate"] as const;
const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  ["create", { run: keys.create, takes: ["audience", ...TERMS] }],
  ["jwks", { run: jwks, takes: [], operands: 0 }],
  ["list", { run: keys.list, takes: [], operands: 0 }],
  ["require", { run: requireKey, takes: ["identity"] }],
  ["revoke", { run: keys.revoke, takes: [] }],
  ["rotate", { run: keys.rotate, takes: ["overlap"] }],
  ["show", { run: keys.show, takes: [] }],
  ["socket", { run: keySocket, takes: ["group", "mode"] }],
  ["token", { run: token, takes: ["allow", "ttl"], operands: 0 }],
  ["update", { run: keys.update, takes: [...TERMS, ...TAKEN_AWAY] }],
  ["verify", { run: verify, takes: ["cost", "from-file"], operands: 2 }],
]);

function unknown(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help key" });
}

/** `key create | list | show | update | rotate | revoke | verify | token | jwks | require | socket`: what others may do with this vault. */
export const key: Command = {
  operands:
    "create NAME | list | show KEY | update KEY | rotate KEY | revoke KEY | verify SERVICE ACTION:RESOURCE | token | jwks | require on|off | socket [FOLDER|off]",
  arity: [1, 3],
  options: {
    allow: {
      type: "string",
      multiple: true,
      value: "RULE",
      help: "such as get,list:github/**; update: beside what it may",
    },
    audience: { type: "string", value: "SERVICE", help: "create: a key of that service" },
    cost: { type: "string", integer: true, value: "N", help: "verify: it counts as N requests" },
    deny: {
      type: "string",
      multiple: true,
      value: "RULE",
      help: "what it may not, whatever else; update: besides",
    },
    expires: { type: "string", value: "30d", help: "when it ends: 12h, 30d, or a date" },
    "from-file": { type: "string", value: "PATH", help: "verify: the key is in that file" },
    group: { type: "string", value: "GROUP", help: "socket: whose it is besides you" },
    identity: { type: "string", value: "FILE", help: "require off: a key file or recovery key" },
    mode: { type: "string", value: "660", help: "socket: who may connect; 660 with --group" },
    "no-allow": {
      type: "string",
      multiple: true,
      value: "RULE",
      help: "update: take this rule away",
    },
    "no-deny": {
      type: "string",
      multiple: true,
      value: "RULE",
      help: "update: take this rule away",
    },
    "no-expiry": { type: "boolean", help: "it never ends by itself" },
    "no-quota": { type: "boolean", help: "update: as many requests as it likes" },
    "no-rate": { type: "boolean", help: "update: as fast as it likes" },
    overlap: { type: "string", value: "10m", help: "rotate: the old one ends so much later" },
    ...PASSPHRASE_OPTIONS,
    quota: { type: "string", integer: true, value: "N", help: "so many requests in all" },
    rate: { type: "string", value: "60/min", help: "so many requests a s, min, h or d" },
    ttl: { type: "string", duration: true, value: "5m", help: "token: so long, at most 15m" },
  },
  examples: [
    "strongroom key create ci --allow 'get,list:github/**' --expires 30d --rate 60/min",
    "strongroom key update ci --deny 'get:github/admin/**'",
    "strongroom key rotate ci --overlap 10m",
    "strongroom key revoke ci",
    "strongroom key token --ttl 5m --allow 'get:github/token'",
    "strongroom key require on",
    "strongroom key require off --identity recovery.txt",
    "strongroom key create shop --audience billing --allow 'read:/invoices/**' --expires 90d",
    "strongroom key socket /srv/strongroom/ci --group docker",
    "strongroom key verify billing read:/invoices/7 < KEYFILE",
  ],
  notes: [
    "create and rotate print the key, once: STRONGROOM_API_KEY, or a file that",
    "STRONGROOM_API_KEY_FILE names, makes a program act with it. Actions are get, list, history,",
    "set, delete, restore, purge, lease and token (of OAuth); all else is the owner's. KEY is a name or id.",
    "",
    "token makes one of the key that it acts with: for a few minutes it may what --allow says and",
    "what its key may at that moment, and it is given to programs as a key is. jwks prints the",
    "public key for those who verify tokens elsewhere.",
    "",
    "socket FOLDER puts key.sock, for other users who have a key, into a folder of its own that is",
    "mounted into containers: see docs/containers.md. It stays over restarts, until socket off.",
    "",
    "After require on, coming by your own socket makes nobody the owner: a key is asked for, or the",
    "passphrase of a slot, in each command (or the file of STRONGROOM_PASSPHRASE_FILE).",
    "",
    "A key with --audience is one of your own server's, with actions of its own: the vault is its",
    "judge, and it opens nothing here. The server asks by verify (exit 0, or 4 whatever is wrong),",
    "with a key of the vault that has --allow 'verify:SERVICE'.",
  ],
  run(input) {
    const [name = "", ...operands] = input.positionals;
    const part = PARTS.get(name);
    if (part !== undefined) {
      const strange = Object.keys(input.values).find(
        (option) => !(option in ALWAYS) && !part.takes.includes(option),
      );
      if (strange !== undefined) throw unknown(`key ${name} takes no --${strange}`);
      const extra = operands[part.operands ?? 1];
      if (extra !== undefined && part.operands === 0) throw unknown(`key ${name} takes no KEY`);
      if (extra !== undefined) throw unknown(`key ${name}: one operand too many`);
      return part.run(input);
    }
    throw new StrongroomError(
      "INVALID",
      "key: that is none of create, list, show, update, rotate, revoke, verify, token, jwks, require, socket, or too much",
      {
        hint: "strongroom help key",
      },
    );
  },
};
