import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../support/throwaway.ts";

/** At a terminal: with nothing that a workflow's host gives to a job. */
function release(...args: readonly string[]): { status: number | null; lines: string[] } {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(?:ACTIONS_|GITLAB_|SIGSTORE_)/u.test(name),
  );
  const { status, stderr } = spawnSync("node", [join(ROOT, "scripts/release.mjs"), ...args], {
    cwd: ROOT,
    env: Object.fromEntries(kept),
    encoding: "utf8",
  });
  return { status, lines: stderr.split("\n").slice(0, -1) };
}

it("nothing is made, nor published, from a terminal", { timeout: 60_000 }, () => {
  const { lines, status } = release("--publish");
  expect(status).toBe(1);
  expect(lines.at(-1)).toMatch(/^release: IDENTITY: /u);
  // Each is a word of the table in docs/releasing.md, and says what is wrong.
  expect(lines.filter((line) => !/^release: [A-Z]+: .{20}/u.test(line))).toEqual([]);
});

it.each([
  [["--dry-run", "--publish"], "--dry-run publishes nothing"],
  [["--publish", "--skip-tests"], "only --dry-run may --skip-tests"],
  [["--skip-tests"], "only --dry-run may --skip-tests"],
  [["--nonsense"], "Unknown option '--nonsense'"],
] as const)("%j is no release", (args, said) => {
  const { lines, status } = release(...args);
  expect([status, lines]).toEqual([2, [expect.stringContaining(said)]]);
});
