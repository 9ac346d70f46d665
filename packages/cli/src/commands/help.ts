import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { manualOf } from "../help/manual.ts";
import type { Manual } from "../help/manual.ts";
import { asText } from "../help/text.ts";
import { WIDTH, wrap } from "../help/wrap.ts";
import { writeData, writeJson } from "../output.ts";
import { ALIASES, COMMANDS, findCommand } from "../table.ts";

const EXIT_CODES = "exit-codes";

/** `help`, `help VERB`, `help exit-codes`. */
export const help: Command = {
  operands: "[COMMAND | exit-codes]",
  arity: [0, 2],
  takes: "verb",
  options: {
    man: { type: "boolean", help: "as a page for man: strongroom help get --man | man -l -" },
  },
  examples: [
    "strongroom help set",
    "strongroom help exit-codes",
    "strongroom help --man | man --local-file -",
  ],
  async run({ positionals: [topic], values }) {
    const isJson = values["json"] === true;
    const isMan = values["man"] === true;
    if (topic === undefined) await overview(isJson, isMan);
    else if (topic === EXIT_CODES) statuses(isJson);
    else await explain(topic, isJson, isMan);
    return 0;
  },
};

/** The manual of a verb, by any of its names. */
async function manualFor(topic: string): Promise<Manual> {
  const verb = ALIASES[topic] ?? topic;
  const command = await findCommand(topic);
  return manualOf(verb, COMMANDS[verb]?.summary ?? "", command);
}

async function overview(isJson: boolean, isMan: boolean): Promise<void> {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => ({ name, summary }));
  if (isMan) {
    const { overviewRoff } = await import("../help/roff.ts");
    return writeData(overviewRoff(commands, exitCodes()));
  }
  if (isJson) return writeJson({ commands, aliases: ALIASES });
  const column = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const rows = commands.flatMap(({ name, summary }) => {
    const [first = "", ...rest] = wrap(summary, WIDTH - column);
    return [`  ${name}`.padEnd(column) + first, ...rest.map((line) => " ".repeat(column) + line)];
  });
  const more =
    "ls and rm stand for list and delete.\nMore: strongroom help COMMAND, strongroom help exit-codes";
  writeData(`usage: strongroom COMMAND …\n\n${rows.join("\n")}\n\n${more}\n`);
}

function statuses(isJson: boolean): void {
  const table = exitCodes();
  if (isJson) return writeJson({ exitCodes: table });
  const lines = table.flatMap(({ codes, exit, meaning }) => {
    const said = codes.length === 0 ? meaning : `${meaning}: ${codes.join(" ")}`;
    const [first = "", ...rest] = wrap(said, WIDTH - 4);
    return [`${exit}`.padEnd(4) + first, ...rest.map((line) => `    ${line}`)];
  });
  writeData(`${lines.join("\n")}\n`);
}

async function explain(topic: string, isJson: boolean, isMan: boolean): Promise<void> {
  const manual = await manualFor(topic);
  if (isJson) {
    const { examples, operands, options, paragraphs, summary, verb } = manual;
    return writeJson({ command: verb, summary, operands, options, examples, notes: paragraphs });
  }
  if (isMan) return writeData((await import("../help/roff.ts")).asRoff(manual));
  writeData(asText(manual));
}
