import { spawnSync } from "node:child_process";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";

const DEADLINE_MS = 60_000;

/** What a program of the system printed, and its status; -1 where it is not there or took too long. */
export function runTool(words: readonly string[]): {
  readonly status: number;
  readonly said: string;
} {
  const [command = "", ...args] = words;
  const ran = spawnSync(command, args, {
    encoding: "utf8",
    timeout: DEADLINE_MS,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  return { status: ran.status ?? -1, said: `${ran.stdout ?? ""}${ran.stderr ?? ""}`.trim() };
}

/** The same of one that has to succeed: else `UNAVAILABLE`, with what it said. */
export function demandTool(words: readonly string[], hint?: string): void {
  const { said, status } = runTool(words);
  if (status === 0) return;
  const command = words.map(shellWord).join(" ");
  const why = said === "" ? `exit ${status}` : said.split("\n", 1)[0];
  throw new StrongroomError("UNAVAILABLE", `${command}: ${why}`, { hint: hint ?? command });
}
