import { StrongroomError } from "@strongroom/client/protocol";
import { COMMON } from "../command.ts";
import type { Command, Input } from "../command.ts";
import * as keys from "../keys.ts";

interface Part {
  readonly run: (input: Input) => Promise<number>;
  /** The options that mean something to it; any other is no slip that may pass. */
  readonly takes: readonly string[];
}

const TERMS = ["allow", "deny", "expires", "no-expiry", "quota", "rate"] as const;
const PARTS: ReadonlyMap<string, Part> = new Map([
  ["create", { run: keys.create, takes: TERMS }],
  ["list", { run: keys.list, takes: [] }],
  ["revoke", { run: keys.revoke, takes: [] }],
  ["rotate", { run: keys.rotate, takes: ["overlap"] }],
  ["show", { run: keys.show, takes: [] }],
  ["update", { run: keys.update, takes: TERMS }],
]);

function unknown(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help key" });
}

/** `key create | list | show | update | rotate | revoke`: what others may do with this vault. */
export const key: Command = {
  operands: "create NAME | list | show KEY | update KEY | rotate KEY | revoke KEY",
  arity: [1, 2],
  options: {
    allow: { type: "string", multiple: true, value: "RULE", help: "such as get,list:github/**" },
    deny: { type: "string", multiple: true, value: "RULE", help: "what it may not, whatever else" },
    expires: { type: "string", value: "30d", help: "when it ends: 12h, 30d, or a date" },
    "no-expiry": { type: "boolean", help: "it never ends by itself" },
    overlap: { type: "string", value: "10m", help: "rotate: the old one ends so much later" },
    quota: { type: "string", integer: true, value: "N", help: "so many requests in all" },
    rate: { type: "string", value: "60/min", help: "so many requests a s, min, h or d" },
  },
  examples: [
    "strongroom key create ci --allow 'get,list:github/**' --expires 30d --rate 60/min",
    "strongroom key update ci --deny 'get:github/admin/**'",
    "strongroom key rotate ci --overlap 10m",
    "strongroom key revoke ci",
  ],
  notes: [
    "create and rotate print the key, once: STRONGROOM_API_KEY, or a file that",
    "STRONGROOM_API_KEY_FILE names, makes a program act with it. Actions are get, list, history,",
    "set, delete, restore and purge; all else is the owner's. KEY is a name or an id.",
  ],
  run(input) {
    const [name = "", extra] = input.positionals;
    const part = PARTS.get(name);
    if (part !== undefined) {
      const strange = Object.keys(input.values).find(
        (option) => !(option in COMMON) && !part.takes.includes(option),
      );
      if (strange !== undefined) throw unknown(`key ${name} takes no --${strange}`);
      if (name === "list" && extra !== undefined) throw unknown("key list takes no KEY: key show");
      return part.run(input);
    }
    throw new StrongroomError(
      "INVALID",
      "key: that is none of create, list, show, update, rotate, revoke",
      { hint: "strongroom help key" },
    );
  },
};
