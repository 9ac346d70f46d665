import type { Command, Input, OptionValue } from "./command.ts";
import { QuickCaller } from "./quick-caller.ts";

const HOT: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ["delete", async () => (await import("./commands/delete.ts")).remove],
  ["get", async () => (await import("./commands/get.ts")).get],
  ["list", async () => (await import("./commands/list.ts")).list],
  ["ls", async () => (await import("./commands/list.ts")).list],
  ["rm", async () => (await import("./commands/delete.ts")).remove],
  ["set", async () => (await import("./commands/set.ts")).set],
]);
const CREDENTIALS = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_PASSPHRASE_FILE",
] as const;
const DEFAULT_TIMEOUT_MS = 5000;

/** Whether this is one of the verbs that programs call all day. */
export function isHot(verb: string | undefined): boolean {
  return verb !== undefined && HOT.has(verb) && CREDENTIALS.every((name) => !(name in process.env));
}

/**
 * Runs a hot verb before an argument parser or the JSON-RPC library is loaded. Arguments that
 * are not plain `--option value` go the long way, which also explains what is wrong with them.
 */
export async function runHot(argv: readonly string[]): Promise<void> {
  const [verb = "", ...rest] = argv;
  const load = HOT.get(verb);
  const command = await load?.();
  const plain = command === undefined ? undefined : parsePlain(rest, command);
  if (command === undefined || plain === undefined) {
    await (await import("./cold.ts")).runCold(argv);
    return;
  }
  const { values } = plain;
  const thorough = async (): ReturnType<typeof open> => open(command, values);
  try {
    const caller = new QuickCaller(await timeout(values["timeout"]), thorough);
    process.exitCode = await command.run({ ...plain, caller });
  } catch (error) {
    (await import("./failure.ts")).fail(error, values["json"] === true);
  }
  finish();
}
