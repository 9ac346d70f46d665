import { spawnSync } from "node:child_process";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import { Refusal } from "../refusal.ts";

const DEADLINE_MS = 60_000;

const ELSEWHERE =
  "strongroom daemon start; without a supervisor every command starts one where none runs";

/** What a program of the system printed, and its status; -1 where it is not there or took too long. */
export function runTool(words: readonly string[]): {
  readonly status: number;
  readonly said: string;
  /** The same without what went to stderr. */
  readonly printed: string;
  readonly isAbsent: boolean;
} {
  const [command = "", ...args] = words;
  const ran = spawnSync(command, args, {
    encoding: "utf8",
    timeout: DEADLINE_MS,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  const isAbsent = ran.error !== undefined && "code" in ran.error && ran.error.code === "ENOENT";
  const said = `${ran.stdout ?? ""}${ran.stderr ?? ""}`.trim();
  return { status: ran.status ?? -1, said, printed: (ran.stdout ?? "").trim(), isAbsent };
}

/** The same of one that has to succeed: else `UNAVAILABLE` with what it said, `UNSUPPORTED` without it. */
export function demandTool(words: readonly string[], hint?: string): void {
  const { isAbsent, said, status } = runTool(words);
  if (status === 0) return;
  if (isAbsent) throw new Refusal("UNSUPPORTED", `there is no ${words[0]} here`, ELSEWHERE);
  const command = words.map(shellWord).join(" ");
  const why = said === "" ? `exit ${status}` : said.split("\n", 1)[0];
  throw new StrongroomError("UNAVAILABLE", `${command}: ${why}`, { hint: hint ?? command });
}
