import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["list", async (input) => (await import("../renewers/list.ts")).listRenewers(input)],
  ["remove", async (input) => (await import("../renewers/remove.ts")).removeRenewer(input)],
  ["set", async (input) => (await import("../renewers/set.ts")).setRenewer(input)],
]);

/** `renewer set | list | remove`: programs that print the next value of a secret. */
export const renewer: Command = {
  operands: "set NAME -- /PROGRAM [ARGUMENT ...] | list [PATTERN] | remove NAME",
  arity: [1, 40],
  takes: "secret",
  options: {
    every: { type: "string", value: "1h", help: "set: how long a value is served: 30s, 15m, 12h" },
    "serve-stale": {
      type: "boolean",
      help: "set: serve the old value, marked, while the program fails",
    },
  },
  examples: [
    "strongroom renewer set db/password --every 1h -- /usr/local/bin/mint-password --role app",
    "strongroom renewer list",
    "strongroom renewer remove db/password",
  ],
  notes: [
    "Whoever asks for a value that is older than --every has the program print the next one, once",
    "for all who ask meanwhile. What it prints, without the end of its last line, is stored as a",
    "new version before anybody sees it. It is started without a shell, with 30 s, at most 1 MiB",
    "of output and a clean environment, and must be a file that nobody else can change. It may",
    "not ask this vault for anything: what it needs it is given by its arguments, or finds itself.",
    "Who asks by get or run for a value that takes longer than 5 s to make says --timeout 30s.",
    "A secret that is deleted takes its renewer along. A program that fails is tried again after",
    "a while that grows; list and doctor say why it failed.",
  ],
  async run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return await part(input);
    throw new StrongroomError("INVALID", "renewer: that is neither set, list nor remove", {
      hint: "strongroom help renewer",
    });
  },
};
