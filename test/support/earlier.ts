import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { ROOT } from "./throwaway.ts";

/**
 * Commits of the time before the first release, earliest first. The first of them are the ones that
 * a later client could not greet, because it says more of itself than they took (`d24516a` mends
 * that): what is of a vault is tried with them, and not what is of the wire.
 */
export const EARLIER = {
  "an audit and API keys": { commit: "de7929c", greets: false },
  "OAuth credentials": { commit: "0fa90b9", greets: false },
  "run, templates and recipes": { commit: "2e58238", greets: false },
  "importing and moving out": { commit: "548a44a", greets: true },
  "the Secret Service": { commit: "fa51f8c", greets: true },
} as const;

/** Whether the history of this checkout reaches back to a commit; a shallow clone's does not. */
export function isKnown(commit: string): boolean {
  const git = spawnSync("git", ["cat-file", "-e", `${commit}^{commit}`], { cwd: ROOT });
  return git.status === 0;
}

/** What a commit was, built with what is installed here; gone with the test. */
export function checkoutOf(commit: string): string {
  const path = mkdtempSync(join(tmpdir(), "sr-earlier-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  const tree = execFileSync("git", ["archive", commit], { cwd: ROOT, maxBuffer: 2 ** 30 });
  execFileSync("tar", ["-x", "-C", path], { input: tree });
  for (const member of ["client", "daemon", "cli"]) {
    const modules = join("packages", member, "node_modules");
    const options = { recursive: true, verbatimSymlinks: true };
    if (existsSync(join(ROOT, modules))) cpSync(join(ROOT, modules), join(path, modules), options);
  }
  symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"));
  const tsc = join(ROOT, "node_modules/typescript/bin/tsc");
  const members = ["client", "daemon", "cli"].map((member) => `packages/${member}`);
  spawnSync(process.execPath, [tsc, "-b", ...members], { cwd: path });
  const bundle = join(path, "scripts/bundle.mjs");
  if (existsSync(bundle)) {
    const program = `const { bundleDaemon } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
      await bundleDaemon(${JSON.stringify(path)});`;
    execFileSync(process.execPath, ["--input-type=module", "-e", program], { cwd: path });
  }
  return path;
}
