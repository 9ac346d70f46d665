import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { onTestFinished } from "vitest";
import { ROOT } from "./throwaway.ts";

/** Commits that ended a stage of the work, earliest first: each is a release that never was. */
export const EARLIER = {
  "an audit and API keys": "de7929c",
  "OAuth credentials": "0fa90b9",
  "run, templates and recipes": "2e58238",
  "the Secret Service": "fa51f8c",
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
