import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "./throwaway.ts";
import type { Throwaway } from "./throwaway.ts";

const CLI = join(ROOT, "packages/cli/bin/strongroom.js");
const canAct = process.platform === "linux" && spawnSync("script", ["--version"]).status === 0;

/** Why nobody can act at a terminal here, in parentheses; empty where somebody can. */
export const noTerminal: string = canAct
  ? ""
  : " (skipped: there is no script(1) of util-linux here)";

/** What is typed when something is shown. */
export interface Step {
  readonly shown: string;
  readonly typed: string;
}

/** Runs a command at a terminal of its own and types when what is waited for is shown. */
export function atTerminal(
  place: Pick<Throwaway, "env">,
  command: string,
  steps: readonly Step[],
): Promise<{ shown: string; status: number | null }> {
  // Some shells stay for a last command: a signal that is typed would end them, and theirs were the status.
  const words = `exec '${process.execPath}' -- '${CLI}' ${command}`;
  const child = spawn("script", ["-qec", words, "/dev/null"], { env: place.env });
  const waiting = [...steps];
  let shown = "";
  let from = 0;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const at = waiting[0] === undefined ? -1 : shown.indexOf(waiting[0].shown, from);
    if (at === -1) return;
    from = at + 1;
    child.stdin.write(waiting.shift()?.typed);
  });
  return new Promise((resolve) => child.on("close", (status) => resolve({ shown, status })));
}
