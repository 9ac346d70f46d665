import type { Command, Given, Option, OptionValue } from "./command.ts";

const JSON_OPTION: Option = { type: "boolean", help: "" };

/**
 * Arguments of the plainest kind: operands, `--option`, `--option value`, no operand that looks
 * like an option. Undefined for all else, which `parseArgs` understands or explains.
 */
export function parsePlain(argv: readonly string[], command: Command): Given | undefined {
  const positionals: string[] = [];
  const values: { [option: string]: OptionValue } = {};
  for (let at = 0; at < argv.length; at += 1) {
    const argument = argv[at] ?? "";
    if (!argument.startsWith("-")) {
      positionals.push(argument);
      continue;
    }
    const name = argument.slice(2);
    const known = argument.startsWith("--");
    const option = known
      ? (command.options[name] ?? (name === "json" ? JSON_OPTION : undefined))
      : undefined;
    if (option === undefined || option.multiple === true) return undefined;
    if (option.type === "boolean") {
      values[name] = true;
      continue;
    }
    at += 1;
    const value = argv[at];
    if (value === undefined || value.startsWith("-")) return undefined;
    if (option.integer === true && !/^[1-9]\d{0,14}$/.test(value)) return undefined;
    values[name] = value;
  }
  const [least, most] = command.arity;
  return positionals.length < least || positionals.length > most
    ? undefined
    : { positionals, values };
}
