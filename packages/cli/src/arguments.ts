import { parseArgs } from "node:util";
import { parseDuration } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "./command.ts";
import { commonOf } from "./printable.ts";

/** Reads the arguments of a command; what is wrong with them is `INVALID`, quoting none of them. */
export function parseArguments(verb: string, argv: readonly string[], command: Command): Given {
  const isUndivided = command.operands.startsWith("-- ") && !argv.includes("--");
  const hint = isUndivided ? `strongroom ${verb} ${command.operands}` : `strongroom help ${verb}`;
  const options = { ...commonOf(verb), ...command.options };
  let parsed: Given;
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch {
    throw new StrongroomError("INVALID", `${verb}: ${wrongOption(argv, options)}`, { hint });
  }
  for (const [name, option] of Object.entries(options)) {
    const value = parsed.values[name];
    if (option.integer === true && typeof value === "string" && !/^[1-9]\d{0,14}$/.test(value)) {
      throw new StrongroomError("INVALID", `${verb}: --${name} takes a number from 1 on`, { hint });
    }
    if (option.duration === true && typeof value === "string" && !parseDuration(value)) {
      throw new StrongroomError("INVALID", `${verb}: --${name} takes 500ms, 5s, 1m, or 0`, {
        hint,
      });
    }
  }
  const [least, most] = command.arity;
  const count = parsed.positionals.length;
  if (count < least || count > most) {
    throw new StrongroomError(
      "INVALID",
      `usage: strongroom ${verb} ${command.operands}`.trimEnd(),
      {
        hint: command.surplus?.(parsed.positionals) ?? hint,
      },
    );
  }
  return parsed;
}

// What parseArgs itself says quotes the argument, which may be a value that went astray.
function wrongOption(argv: readonly string[], options: Command["options"]): string {
  for (const argument of argv) {
    const name = /^--([a-z][a-z-]*)/.exec(argument)?.[1];
    if (name === undefined) continue;
    const option = options[name];
    if (option === undefined) return `there is no option --${name}`;
    if (option.type === "string" && argument === argv.at(-1) && argument === `--${name}`) {
      return `--${name} takes a value`;
    }
    if (option.type === "boolean" && argument.includes("=")) return `--${name} takes no value`;
  }
  return "an option is wrong";
}
