import { COMMON } from "../command.ts";
import type { Command } from "../command.ts";
import { exitCodes } from "../exit-codes.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";
import { ALIASES, COMMANDS, findCommand } from "../table.ts";

/** `help`, `help VERB`, `help exit-codes`. */
export const help: Command = {
  operands: "[COMMAND | exit-codes]",
  arity: [0, 1],
  options: {},
  examples: ["strongroom help set", "strongroom help exit-codes"],
  async run({ positionals: [topic], values }) {
    const json = values["json"] === true;
    if (topic === undefined) overview(json);
    else if (topic === "exit-codes") statuses(json);
    else await explain(topic, json);
    return 0;
  },
};

function overview(json: boolean): void {
  const commands = Object.entries(COMMANDS).map(([name, { summary }]) => ({ name, summary }));
  if (json) {
    writeJson({ commands, aliases: ALIASES });
    return;
  }
  const rows = commands.map(({ name, summary }) => [`  ${name}`, summary]);
  writeData(
    `usage: strongroom COMMAND …\n\n${columns(rows)}\nls and rm stand for list and delete.\nMore: strongroom help COMMAND, strongroom help exit-codes\n`,
  );
}

function statuses(json: boolean): void {
  const table = exitCodes();
  if (json) writeJson({ exitCodes: table });
  else
    writeData(
      columns(table.map(({ exit, meaning, codes }) => [String(exit), meaning, codes.join(" ")])),
    );
}

async function explain(verb: string, json: boolean): Promise<void> {
  const command = await findCommand(verb);
  const summary = COMMANDS[ALIASES[verb] ?? verb]?.summary ?? "";
  const { operands, examples, notes = [] } = command;
  const options = Object.entries({ ...command.options, ...COMMON })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, option]) => ({
      option: `--${name}${option.value === undefined ? "" : ` ${option.value}`}`,
      help: option.help,
    }));
  if (json) {
    writeJson({ command: verb, summary, operands, options, examples, notes });
    return;
  }
  const sections = [
    `usage: strongroom ${verb} ${operands}`.trimEnd(),
    `${summary}\n`,
    columns(options.map((row) => [`  ${row.option}`, row.help])),
    ...(notes.length === 0 ? [] : [`${notes.join("\n")}\n`]),
    "examples:",
    ...examples.map((example) => `  ${example}`),
  ];
  writeData(`${sections.join("\n")}\n`);
}
