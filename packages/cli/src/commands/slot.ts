import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { PASSPHRASE_OPTIONS } from "../passphrase.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["add", async (input) => (await import("../slots/add.ts")).addSlot(input)],
  ["list", async (input) => (await import("../slots/list.ts")).listSlots(input)],
  ["remove", async (input) => (await import("../slots/remove.ts")).removeSlot(input)],
]);

/** `slot list | add | remove`: the ways into the vault. */
export const slot: Command = {
  operands: "list | add TYPE [...] | remove SLOT",
  arity: [1, 40],
  options: {
    identity: { type: "string", value: "FILE", help: "add recipient: try it with this identity" },
    "keep-data-key": { type: "boolean", help: "remove: do not give the vault a new data key" },
    label: { type: "string", value: "TEXT", help: "add: what people call the slot" },
    ...PASSPHRASE_OPTIONS,
    yes: { type: "boolean", help: "remove: do not ask" },
  },
  patience: "10m",
  examples: [
    "strongroom slot list",
    "strongroom slot add passphrase",
    "strongroom slot add command -- /usr/bin/pass show strongroom",
    "strongroom slot add recipient age1... --label phone",
    "strongroom slot remove 0123456789abcdef",
  ],
  notes: [
    "TYPE is passphrase, command, keychain, keyfile or recipient. A new slot is tried before it is",
    "written. remove takes the slot's name, its label or its type, and gives the vault a new data",
    "key, so that what was kept of the slot opens nothing that is stored from then on.",
  ],
  async run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return await part(input);
    throw new StrongroomError("INVALID", "slot: that is neither list, add nor remove", {
      hint: "strongroom help slot",
    });
  },
};
