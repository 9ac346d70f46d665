// Makes a release of the commit that is checked out, in `release/`; see docs/releasing.md.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { ROOT, run, seconds } from "./process.mjs";
import { singleFiles, writeSums } from "./release/artefacts.mjs";
import { packAll } from "./release/pack.mjs";
import { identityProblems, problemsOf, versionOf } from "./release/problems.mjs";
import { publishAll } from "./release/publish.mjs";
import { writeSboms } from "./release/sbom.mjs";
import { writeSingleSbom } from "./release/single-sbom.mjs";

const FOLDER = join(ROOT, "release");

function say(line) {
  process.stderr.write(`release: ${line}\n`);
}

function wanted() {
  const options = {
    "dry-run": { type: "boolean" },
    publish: { type: "boolean" },
    "skip-tests": { type: "boolean" },
  };
  const { values } = parseArgs({ options });
  const dryRun = values["dry-run"] === true;
  if (dryRun && values.publish) throw new TypeError("--dry-run publishes nothing");
  if (values["skip-tests"] && !dryRun) throw new TypeError("only --dry-run may --skip-tests");
  return { dryRun, publish: values.publish === true, skipTests: values["skip-tests"] === true };
}

/** Runs what has to succeed; throws what it printed where it does not. */
async function must(command, options) {
  const { status, text } = await run(command, { ...options, quiet: true });
  if (status !== 0) throw new Error(`${command.join(" ")}: exit ${status}\n${text}`);
}

/** The commit as everybody else gets it: nothing that only this folder has is in a release. */
async function clone(folder) {
  await must(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder]);
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
  await must(["git", "checkout", "--quiet", "--detach", commit], { cwd: folder });
  return commit;
}

async function make(folder, version, skipTests) {
  const start = performance.now();
  const npm = async (...words) => await must(["npm", "run", ...words], { cwd: folder });
  await npm("build");
  say(`built in ${seconds(start)}`);
  if (skipTests) say("the tests were skipped");
  else {
    const began = performance.now();
    await npm("check");
    say(`npm run check: ok in ${seconds(began)}`);
  }
  const packed = await packAll(folder, join(folder, "release"));
  const log = ["log", "-1", "--format=%ct"];
  const time = Number(execFileSync("git", log, { cwd: folder, encoding: "utf8" }));
  const boms = await writeSboms(folder, join(folder, "release"), packed, time);
  // Of the commit too, and never what lies here of another one.
  const singles =
    process.platform === "linux" && process.arch === "x64" ? singleFiles(version) : [];
  if (singles.length > 0) {
    await npm("binary");
    await writeSingleSbom(folder, join(folder, "release", singles[0]), boms, time);
  }
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER, { recursive: true });
  const made = singles.map((file) => join(folder, "release", file));
  for (const file of [...packed.map((each) => each.file), ...boms, ...made]) {
    copyFileSync(file, join(FOLDER, basename(file)));
  }
  return packed.map(({ name, file }) => ({ name, file: join(FOLDER, basename(file)) }));
}

async function release({ dryRun, publish, skipTests }) {
  const version = versionOf(ROOT);
  const problems = [...problemsOf(ROOT), ...(publish ? identityProblems(process.env) : [])];
  for (const { code, says } of problems) say(`${code}: ${says}`);
  if (problems.length > 0 && !dryRun) return 1;

  const folder = mkdtempSync(join(tmpdir(), "strongroom-release-"));
  try {
    say(`${version} of ${await clone(folder)}`);
    const packed = await make(folder, version, skipTests);
    for (const name of writeSums(FOLDER, version)) say(`release/${name}`);
    say("release/SHA256SUMS");
    if (publish) await publishAll(packed, version, { say });
    else say("nothing was published");
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await release(wanted());
} catch (error) {
  say(error.message);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
