import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { noTerminal } from "../../support/terminal.ts";
import type { Step } from "../../support/terminal.ts";
import { ROOT } from "../../support/throwaway.ts";
import type { Throwaway } from "../../support/throwaway.ts";

const CLI = `'${process.execPath}' '${join(ROOT, "packages/cli/bin/strongroom.js")}'`;

/** Types into a shell with job control; each step once its text is shown. */
function inShell({ env }: Throwaway, steps: readonly Step[]): Promise<string> {
  const child = spawn("script", ["-qec", "bash --norc --noprofile -i", "/dev/null"], {
    env: { ...env, TERM: "dumb" },
  });
  const waiting = [...steps];
  let [shown, from] = ["", 0];
  const limit = setTimeout(() => child.kill("SIGKILL"), 40_000);
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    shown += text;
    const at = waiting[0] === undefined ? -1 : shown.indexOf(waiting[0].shown, from);
    if (at === -1) return;
    from = shown.length;
    child.stdin.write(waiting.shift()?.typed);
  });
  return new Promise((resolve) =>
    child.on("close", () => {
      clearTimeout(limit);
      resolve(shown);
    }),
  );
}

// No shell script: bash 5.2 drops an interrupt that arrives while a trap of its runs.
const PROGRAM = `
let n = 0;
process.on("SIGINT", () => {
  console.log("int-" + ++n + "-x");
  if (n === 2) setTimeout(() => process.exit(40 + n), 300);
});
process.on("SIGCONT", () => console.log("cont-x"));
setInterval(() => {}, 1000);
console.log("go-now");
`;

test(
  `an interrupt at the terminal reaches the program once, and jobs stop and go on${noTerminal}`,
  { timeout: 60_000 },
  async () => {
    if (noTerminal !== "") return;
    const place = throwaway();
    await place.cli(["init"]);
    const file = join(place.home, "program.cjs");
    writeFileSync(file, PROGRAM);
    const shown = await inShell(place, [
      { shown: "bash-", typed: `${CLI} run -- '${process.execPath}' ${file}\n` },
      { shown: "go-now", typed: "\u0003" },
      { shown: "int-1-x", typed: "\u001a" },
      { shown: "bash-", typed: "fg\n" },
      { shown: "cont-x", typed: "\u0003" },
      { shown: "int-2-x", typed: "echo status-$?-x\n" },
      { shown: "status-42-x", typed: "exit\n" },
    ]);
    expect(shown).toContain("status-42-x");
    expect(shown).not.toContain("int-3-x");
  },
);
