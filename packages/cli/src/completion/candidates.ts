import { COMMON } from "../command.ts";
import type { Command, Option } from "../command.ts";
import { ALIASES, COMMANDS, findCommand } from "../table.ts";

/** What may stand in the place of the last word; `files` = ask the shell. */
export type Candidates = readonly string[] | "commands" | "files" | "secrets";

/** What may follow these words, the last of which is being typed and may be empty. */
export async function candidatesFor(words: readonly string[]): Promise<Candidates> {
  const [verb = "", ...rest] = words;
  if (words.length < 2) return [...Object.keys(COMMANDS), ...Object.keys(ALIASES)].toSorted();
  let command: Command;
  try {
    command = await findCommand(verb);
  } catch {
    return [];
  }
  return ofCommand(command, rest);
}

function ofCommand(command: Command, words: readonly string[]): Candidates {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const options = { ...COMMON, ...command.options };
  const separator = before.indexOf("--");
  if (separator !== -1) return separator === before.length - 1 ? "commands" : "files";
  const option = optionOf(before.at(-1) ?? "", options);
  if (option?.type === "string") return choicesOf(option);
  if (last.startsWith("-")) return Object.keys(options).map((name) => `--${name}`);
  const parts = partsOf(command);
  const operands = before.filter((word, at) => !isOption(word, before[at - 1], options));
  if (operands.length === 0 && parts.length > 0) return parts;
  if (command.takes === "verb") return [...Object.keys(COMMANDS), "exit-codes"].toSorted();
  return command.takes === "secret" ? "secrets" : "files";
}

function optionOf(word: string, options: Command["options"]): Option | undefined {
  if (word.startsWith("--")) return options[word.slice(2)];
  return Object.values(options).find(({ short }) => short !== undefined && word === `-${short}`);
}

function isOption(word: string, before: string | undefined, options: Command["options"]): boolean {
  return word.startsWith("-") || optionOf(before ?? "", options)?.type === "string";
}

/** The choices that an option's help lists: `age, dotenv, json or shell`. */
function choicesOf({ help, value = "" }: Option): Candidates {
  if (value === "FILE") return "files";
  if (value === "NAME" || value === "NAME=REF" || value === "P") return "secrets";
  const listed = help.match(
    /^(?:[^:]*: )?((?:[a-z0-9]+(?: \([^)]*\))?, )+[a-z0-9]+(?: or [a-z0-9]+)?)/u,
  )?.[1];
  return listed === undefined ? "files" : listed.replaceAll(/ \([^)]*\)/gu, "").split(/, | or /u);
}

/** `add`, `list` and `remove` of `add FILE | list | remove FILE`. */
function partsOf({ operands }: Command): string[] {
  const ways = operands.split(" | ");
  return ways.flatMap((way) => /^\[?([a-z][a-z-]*)\b/u.exec(way)?.[1] ?? []).toSorted();
}
