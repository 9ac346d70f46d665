import { get } from "./commands/get.ts";
import type { Command, Given } from "./command.ts";
import { isInspected } from "./inspected.ts";
import type { ClientCaller } from "./open.ts";
import { parsePlain } from "./plain.ts";
import { QuickCaller } from "./quick-caller.ts";

type Load = () => Command | Promise<Command>;

const HOT: ReadonlyMap<string, Load> = new Map<string, Load>([
  ["delete", async () => (await import("./commands/delete.ts")).remove],
  ["get", () => get],
  ["list", async () => (await import("./commands/list.ts")).list],
  ["ls", async () => (await import("./commands/list.ts")).list],
  ["rm", async () => (await import("./commands/delete.ts")).remove],
  ["set", async () => (await import("./commands/set.ts")).set],
]);
const NOT_PLAIN = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_PASSPHRASE_FILE",
  "STRONGROOM_TIMEOUT",
] as const;
const DEFAULT_TIMEOUT_MS = 5000;

/**
 * Runs a verb. Those that programs call all day (`get set list delete`) run before an argument
 * parser or the JSON-RPC library is loaded, if their arguments and the environment are plain;
 * all others, and whatever is unusual, go the long way.
 */
export async function run(argv: readonly string[]): Promise<void> {
  const [verb = "", ...rest] = argv;
  const command = await HOT.get(verb)?.();
  const given = command === undefined ? undefined : parsePlain(rest, command);
  if (
    command === undefined ||
    given === undefined ||
    isInspected() ||
    NOT_PLAIN.some((name) => name in process.env)
  ) {
    const { runCold } = await import("./cold.ts");
    return runCold(argv);
  }
  await runPlain(command, given);
}

async function runPlain(command: Command, given: Given): Promise<void> {
  const thorough = async (): Promise<ClientCaller> =>
    (await import("./open.ts")).callerFor(command, given);
  const caller = new QuickCaller(DEFAULT_TIMEOUT_MS, thorough);
  try {
    process.exitCode = await command.run({ ...given, caller });
  } catch (error) {
    const { fail } = await import("./failure.ts");
    process.exitCode = fail(error, given.values["json"] === true);
  } finally {
    await caller.close();
  }
}
