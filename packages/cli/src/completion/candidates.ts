import type { Command, Option } from "../command.ts";
import { commonOf } from "../printable.ts";
import { ALIASES, COMMANDS, findCommand } from "../table.ts";

/** What may stand in the place of the last word; `files` and `commands` = ask the shell. */
export type Candidates =
  | readonly string[]
  | "commands"
  | "files"
  | "references"
  | "secrets"
  | "vaults";

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
  return ofCommand(verb, command, rest);
}

function ofCommand(verb: string, command: Command, words: readonly string[]): Candidates {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const options = { ...commonOf(verb), ...command.options };
  const separator = before.indexOf("--");
  if (separator !== -1) return separator === before.length - 1 ? "commands" : "files";
  const option = optionOf(before.at(-1) ?? "", options);
  if (option?.type === "string") return valuesOf(option);
  if (last.startsWith("-")) return Object.keys(options).map((name) => `--${name}`);
  const operands = before.filter((word, at) => !isOption(word, before[at - 1], options));
  if (command.takes === "verb") {
    return operands.length === 0 ? [...Object.keys(COMMANDS), "exit-codes"].toSorted() : [];
  }
  const parts = partsOf(command);
  if (operands.length === 0 && parts.length > 0) return parts;
  return choiceAt(command, operands) ?? (command.takes === "secret" ? "secrets" : "files");
}

function optionOf(word: string, options: Command["options"]): Option | undefined {
  if (word.startsWith("--")) return options[word.slice(2)];
  return Object.values(options).find(({ short }) => short !== undefined && word === `-${short}`);
}

function isOption(word: string, before: string | undefined, options: Command["options"]): boolean {
  return word.startsWith("-") || optionOf(before ?? "", options)?.type === "string";
}

/** What help calls the value of an option says what it is, where nothing else does. */
const NAMED: { readonly [value: string]: Candidates } = {
  DIR: "files",
  EMPTYDIR: "files",
  FILE: "files",
  NAME: "secrets",
  "NAME=REF": "references",
  P: "secrets",
  PATH: "files",
};

function valuesOf({ completes, value = "" }: Option): Candidates {
  return completes ?? (Object.hasOwn(NAMED, value) ? NAMED[value] : undefined) ?? [];
}

/** `add`, `list` and `remove` of `add FILE | list | remove FILE`. */
function partsOf({ operands }: Command): string[] {
  const ways = operands.split(" | ");
  return ways.flatMap((way) => /^\[?([a-z][a-z-]*)\b/u.exec(way)?.[1] ?? []).toSorted();
}

/** `on` and `off` behind `require`, of `require on|off`. */
function choiceAt({ operands }: Command, given: readonly string[]): readonly string[] | undefined {
  const way = operands.split(" | ").map((each) => each.split(" "));
  const word = way.find(([part]) => part === given[0])?.[given.length] ?? "";
  return /^[a-z]+(?:\|[a-z]+)+$/u.test(word) ? word.split("|") : undefined;
}
