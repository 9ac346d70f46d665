import { StrongroomError } from "@strongroom/client/protocol";
import { COMMON } from "../command.ts";
import type { Command, Input } from "../command.ts";

interface Part {
  readonly run: (input: Input) => Promise<number>;
  /** The options that mean something to it. */
  readonly takes: readonly string[];
}

const PARTS: ReadonlyMap<string, Part> = new Map<string, Part>([
  [
    "list",
    {
      run: async (input) => (await import("../audit/list.ts")).listAudit(input),
      takes: ["client", "follow", "name", "since"],
    },
  ],
  [
    "policy",
    {
      run: async (input) => (await import("../audit/policy.ts")).auditPolicy(input),
      takes: ["keep", "keys", "owner"],
    },
  ],
  [
    "verify",
    { run: async (input) => (await import("../audit/verify.ts")).verifyAudit(input), takes: [] },
  ],
]);

const MODES = ["lazy", "off", "strict"];

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help audit" });
}

/** `audit [list] | verify | policy`: who did what with the vault. */
export const audit: Command = {
  operands: "[list] | verify | policy",
  arity: [0, 1],
  options: {
    client: { type: "string", value: "WHO", help: "only of owner, a key, or a program's own name" },
    follow: { type: "boolean", help: "go on with what comes; from now, unless --since" },
    keep: { type: "string", value: "100MiB", help: "policy: how much is kept; all, for ever" },
    keys: { type: "string", value: "MODE", completes: MODES, help: "policy: reads of API keys" },
    name: { type: "string", value: "PATTERN", help: "only of names such as github/**" },
    owner: { type: "string", value: "MODE", completes: MODES, help: "policy: reads of the owner" },
    since: { type: "string", value: "24h", help: "only since then: 30m, 24h, 7d, or a date" },
  },
  patience: "60s",
  examples: [
    "strongroom audit --since 24h --name 'github/**'",
    "strongroom audit --client ci --json",
    "strongroom audit --follow",
    "strongroom audit verify",
    "strongroom audit policy --owner strict --keep 100MiB",
  ],
  notes: [
    "MODE is strict (recorded before the reply; the default for API keys), lazy (within a second;",
    "the owner's default) or off. Changes are always recorded, with the change itself. Values never",
    "are. --json prints one document, and with --follow one line a record.",
  ],
  async run(input) {
    const [name = "list"] = input.positionals;
    const part = PARTS.get(name);
    if (part === undefined) throw invalid("audit: that is neither list, verify nor policy");
    const strange = Object.keys(input.values).find(
      (option) => !(option in COMMON) && !part.takes.includes(option),
    );
    if (strange !== undefined) throw invalid(`audit ${name} takes no --${strange}`);
    return await part.run(input);
  },
};
