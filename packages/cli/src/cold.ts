import { parseArguments } from "./arguments.ts";
import type { Command, Given } from "./command.ts";
import { demandNoDebugger } from "./debugger.ts";
import { fail } from "./failure.ts";
import { forNamedVault, namedHome } from "./named-vault.ts";
import { callerFor } from "./open.ts";
import { amendBy, tellNoProgress } from "./output.ts";
import { isPrinting, noRequest } from "./printable.ts";
import { Printed, PrintingCaller } from "./print-rpc.ts";
import { findCommand } from "./table.ts";

/** Runs any verb, with everything loaded that it takes. */
export async function runCold(argv: readonly string[]): Promise<void> {
  const separator = argv.indexOf("--");
  const json = (separator === -1 ? argv : argv.slice(0, separator)).includes("--json");
  if (json) tellNoProgress();
  try {
    demandNoDebugger();
    const home = namedHome(argv, process.env);
    if (home !== undefined) {
      process.env["STRONGROOM_HOME"] = home;
      amendBy((line) => forNamedVault(line, argv));
    }
    const [verb, rest] = rearrange(argv);
    const command = await findCommand(verb);
    process.exitCode = await run(verb, command, parseArguments(verb, rest, command));
  } catch (error) {
    process.exitCode = fail(error, json);
  }
}

async function run(verb: string, command: Command, given: Given): Promise<number> {
  const printing = isPrinting(verb, given);
  const caller = printing ? new PrintingCaller() : callerFor(command, given);
  try {
    const status = await command.run({ ...given, caller });
    if (printing) throw noRequest(verb);
    return status;
  } catch (error) {
    if (error instanceof Printed) return 0;
    throw error;
  } finally {
    await caller.close();
  }
}

/** No verb, `--help`, `-h`, `--version` and `VERB --help` are other spellings of verbs. */
function rearrange(argv: readonly string[]): [verb: string, rest: readonly string[]] {
  const [verb, ...rest] = argv;
  if (verb === undefined) return ["help", []];
  if (verb === "--version" || verb === "-V") return ["version", rest];
  const separator = rest.indexOf("--");
  const own = separator === -1 ? rest : rest.slice(0, separator);
  const asked = own.includes("--help") || own.includes("-h");
  if (verb === "--help" || verb === "-h") return ["help", rest];
  return asked ? ["help", [verb]] : [verb, rest];
}
