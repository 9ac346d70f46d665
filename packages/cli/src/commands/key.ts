import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import * as keys from "../keys.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["create", keys.create],
  ["list", keys.list],
  ["revoke", keys.revoke],
  ["rotate", keys.rotate],
  ["show", keys.show],
  ["update", keys.update],
]);

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
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return part(input);
    throw new StrongroomError(
      "INVALID",
      "key: that is none of create, list, show, update, rotate, revoke",
      { hint: "strongroom help key" },
    );
  },
};
