import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { bundleDaemon } from "./bundle.mjs";
import { integrations } from "./integrations.mjs";
import { ROOT, run, tool } from "./process.mjs";

const OWN = ["packages/client", "packages/daemon", "packages/cli", "demo", "test"];
const MEMBERS = [...OWN, ...integrations(ROOT)];

/**
 * A copy of the tree, built, that may be changed at will: the files that git knows or would
 * take, the members' own `node_modules` (relative links, so that they name the copy's packages)
 * and the root's as one link.
 */
export async function makeScratch(path) {
  const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  for (const file of execFileSync("git", list, { cwd: ROOT, encoding: "utf8" }).split("\0")) {
    if (file === "" || !existsSync(join(ROOT, file))) continue;
    mkdirSync(dirname(join(path, file)), { recursive: true });
    cpSync(join(ROOT, file), join(path, file), { preserveTimestamps: true });
  }
  for (const member of MEMBERS) {
    for (const folder of ["node_modules", "dist"]) {
      const source = join(ROOT, member, folder);
      const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
      if (existsSync(source)) cpSync(source, join(path, member, folder), options);
    }
  }
  symlinkSync(join(ROOT, "node_modules"), join(path, "node_modules"), "junction");
  const scratch = new Scratch(path);
  await scratch.build();
  return scratch;
}

class Scratch {
  #path;

  constructor(path) {
    this.#path = path;
  }

  /** Whether it has this file; the tree may have got it, or lost it, since. */
  has(file) {
    return existsSync(join(this.#path, file));
  }

  /** Puts one text for another in a file; returns what puts it back. */
  patch(file, find, replace) {
    const path = join(this.#path, file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, source.split(find).join(replace));
    return () => writeFileSync(path, source);
  }

  /** Makes other lines of a file's text; returns what puts it back. */
  rewrite(file, change) {
    const path = join(this.#path, file);
    const source = readFileSync(path, "utf8");
    writeFileSync(path, change(source).join("\n"));
    return () => writeFileSync(path, source);
  }

  /** Whether the daemon has no error of types; what is built is brought up to date. */
  async compiles() {
    const command = [...tool("typescript", "tsc"), "-b", "packages/daemon"];
    const { status } = await run(command, { cwd: this.#path, quiet: true });
    return status === 0;
  }

  /**
   * Whether all tests of these files and folders pass within `limitMs`. What they print is shown
   * when they fail, unless `quiet`.
   */
  async passes(files, { limitMs, quiet = true, without = [] }) {
    const args = ["run", ...files, ...without.map((file) => `--exclude=${file}`)];
    args.push("--bail=1", "--testTimeout=30000", "--teardownTimeout=5000");
    const env = { ...process.env };
    delete env.NODE_ENV;
    const command = [...tool("vitest"), ...args];
    const { status, text } = await run(command, { cwd: this.#path, env, quiet: true, limitMs });
    if (status !== 0 && !quiet) process.stderr.write(text);
    return status === 0;
  }

  /** Builds what ships, whatever the types say of a mutant. */
  async build() {
    const projects = MEMBERS.filter((member) => existsSync(join(this.#path, member, "src")));
    const command = [...tool("typescript", "tsc"), "-b", ...projects];
    await run(command, { cwd: this.#path, quiet: true });
    await bundleDaemon(this.#path);
  }

  /** Runs the tests of a file whose full names contain `title`; returns the names by their end. */
  async test(file, title) {
    const report = join(this.#path, "report.json");
    rmSync(report, { force: true });
    const pattern = title.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    const env = { ...process.env };
    delete env.NODE_ENV;
    const args = ["run", file, "-t", pattern, "--reporter=json", `--outputFile=${report}`];
    await run([...tool("vitest"), ...args], { cwd: this.#path, env, quiet: true });
    if (!existsSync(report)) return { passed: [], failed: [] };
    const { testResults } = JSON.parse(readFileSync(report, "utf8"));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
    const named = (end) =>
      tests.filter(({ status }) => status === end).map(({ fullName }) => fullName);
    return { passed: named("passed"), failed: named("failed") };
  }
}
