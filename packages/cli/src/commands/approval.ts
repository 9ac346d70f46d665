import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";

const PARTS: ReadonlyMap<string, (input: Input) => Promise<number>> = new Map([
  ["add", async (input) => (await import("../approvals/add.ts")).addApproval(input)],
  ["list", async (input) => (await import("../approvals/list.ts")).listApprovals(input)],
  ["remove", async (input) => (await import("../approvals/remove.ts")).removeApproval(input)],
]);

/** `approval add | list | remove`: the files whose references may be used. */
export const approval: Command = {
  operands: "add FILE | list | remove FILE",
  arity: [1, 2],
  options: {
    sha256: { type: "string", value: "HEX", help: "add: without asking, if this is its content" },
  },
  examples: [
    "strongroom approval add .env",
    "strongroom approval list",
    "strongroom approval remove .env",
  ],
  notes: [
    "A .env file may come from anybody, so what it asks for is given to programs once you have",
    "seen the file: its path and its content are approved, and nothing else. When either is",
    "another, it is asked again. Who sets up machines gives the SHA-256 that the file must have.",
  ],
  async run(input) {
    const part = PARTS.get(input.positionals[0] ?? "");
    if (part !== undefined) return await part(input);
    throw new StrongroomError("INVALID", "approval: that is neither add, list nor remove", {
      hint: "strongroom help approval",
    });
  },
};
