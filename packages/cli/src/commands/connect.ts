import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given, Input } from "../command.ts";
import { connecting } from "../connect/connect.ts";
import type { Change } from "../connect/connect.ts";
import { TOOLS } from "../connect/table.ts";
import type { Tool } from "../connect/tool.ts";
import { lastOf, undoing } from "../connect/undo.ts";
import { escapeLine, escapeText } from "../escape.ts";
import { isTerminal, writeData, writeJson, writeNote } from "../output.ts";
import { confirm } from "../prompt.ts";

/** `connect TOOL`: a tool's own configuration names our helper, or no more. */
export const connect: Command = {
  operands: Object.entries(TOOLS)
    .map(([name, { operands }]) => `${name} ${operands}`)
    .join(" | "),
  arity: [1, 3],
  patience: "35s",
  options: {
    "dry-run": { type: "boolean", help: "only show the difference" },
    force: { type: "boolean", help: "--undo: also what was changed since" },
    undo: { type: "boolean", help: "have back what was there before" },
    yes: { type: "boolean", help: "without asking" },
  },
  examples: [
    "strongroom connect git --dry-run",
    "strongroom connect git https://github.com",
    "strongroom connect docker registry.example:5000 --yes",
    "strongroom connect aws dev",
    "strongroom connect kubectl dev k8s/dev",
    "strongroom connect claude anthropic/key",
    "strongroom connect codex proxy openai/key",
    "strongroom connect aws dev --undo",
  ],
  notes: [
    "Shows the difference first, then asks. The file is the one that the tool uses, by its own",
    "variables: GIT_CONFIG_GLOBAL, DOCKER_CONFIG, AWS_CONFIG_FILE, KUBECONFIG, CLAUDE_CONFIG_DIR,",
    "CODEX_HOME. All else in it stays as it is: comments, order, mode, links. What is connected",
    "already stays.",
    "",
    "--undo takes back the last one, byte by byte where the file was not changed since, else only",
    "our part of it. Where that part itself was changed it refuses. Of several it takes the one that",
    "is named; without a name, the one that was connected without a name.",
  ],
  async run(input) {
    const { operands, name, tool } = toolOf(input);
    const isUndone = input.values["undo"] === true;
    const change = isUndone
      ? undoOf(tool, name, operands, input.values)
      : await connectionOf(tool, name, operands, input);
    const isDone = await carryOut(change, input);
    const { diff, file, label, remarks } = change;
    if (input.values["json"] === true) {
      writeJson({ tool: name, file, part: label, diff, remarks, changed: isDone && diff !== "" });
    } else if (diff === "") {
      const what = isUndone ? "is not there any more" : "is connected already";
      writeNote(`strongroom: ${escapeLine(label)} in ${escapeLine(file)} ${what}`);
    } else if (isDone) writeNote(`strongroom: changed ${escapeLine(file)}`);
    return 0;
  },
};

async function connectionOf(
  tool: Tool,
  name: string,
  operands: readonly string[],
  input: Input,
): Promise<Change> {
  const aim = await tool.aim(input, operands);
  const target = tool.isSingle === true ? "" : (operands[0] ?? "");
  return connecting(aim, tool.partOf(target), { target, tool: name });
}

function undoOf(
  tool: Tool,
  name: string,
  [operand]: readonly string[],
  values: Given["values"],
): Change {
  const kept = lastOf(name, tool.isSingle === true ? "" : operand);
  return undoing(kept, tool.partOf(kept.target), values["force"] === true);
}

/** Whether it was done: shown first, then asked for. */
async function carryOut(
  { diff, make, remarks }: Change,
  { positionals, values }: Input,
): Promise<boolean> {
  if (values["json"] !== true) {
    writeData(isTerminal(1) ? escapeText(diff) : diff);
    for (const remark of remarks) writeNote(`strongroom: ${escapeLine(remark)}`);
    if (
      process.env["STRONGROOM_HOME"] !== undefined &&
      values["vault"] === undefined &&
      diff !== ""
    ) {
      writeNote("strongroom: STRONGROOM_HOME is set here; the tool needs it as well");
    }
  }
  if (values["dry-run"] === true) return false;
  if (diff !== "" && values["yes"] !== true) {
    const undo = values["undo"] === true ? " --undo" : "";
    const command = `strongroom connect ${positionals.join(" ")}${undo} --yes`;
    await confirm("The file is changed as shown above.", command);
  }
  make();
  return true;
}

function toolOf({ positionals: [name = "", ...operands], values }: Input): {
  readonly tool: Tool;
  readonly name: string;
  readonly operands: readonly string[];
} {
  const tool = Object.hasOwn(TOOLS, name) ? TOOLS[name] : undefined;
  if (tool === undefined) throw usage(`it takes ${Object.keys(TOOLS).join(", ")}`);
  const isUndone = values["undo"] === true;
  if (values["force"] === true && !isUndone) throw usage("--force goes with --undo");
  const [least, most] = tool.arity;
  if (operands.length < (isUndone ? 0 : least) || operands.length > most) {
    throw usage(`usage: strongroom connect ${name} ${tool.operands}`);
  }
  return { tool, name, operands };
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `connect: ${what}`, { hint: "strongroom help connect" });
}
