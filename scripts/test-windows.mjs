import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT, seconds } from "./process.mjs";
import { setup } from "./setup.mjs";
import { installPackages } from "./windows/install.mjs";
import { readTap } from "./windows/tap.mjs";
import { installNode, whyNoWine, Wine, wineVersion } from "./windows/wine.mjs";

// `npm run test:windows -- guard` runs the files of `test/windows` whose names hold that word.
const CACHE = join(ROOT, "node_modules", ".cache", "strongroom-windows");
const TESTS = join(ROOT, "test", "windows");
const PREPARE_MS = 300_000;
const FILE_MS = 1_200_000;

const missing = whyNoWine();
if (missing !== undefined) {
  process.stdout.write(`${missing}\n0 passed, 1 failed (nothing was run)\n`);
  process.exit(1);
}
await setup();
mkdirSync(CACHE, { recursive: true });
const node = installNode(CACHE);
const installed = join(CACHE, "installed");
installPackages(ROOT, installed);
cpSync(TESTS, join(installed, "test"), { recursive: true });
const output = join(CACHE, "output");
rmSync(output, { recursive: true, force: true });
mkdirSync(output);
const wine = new Wine(join(CACHE, "prefix"));
const counts = { passed: 0, failed: 0 };
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => {
    wine.end();
    process.exit(130);
  });
}
try {
  wine.begin(join(output, "wineserver"));
  await wine.prepare(PREPARE_MS);
  await tellVersions();
  const wanted = process.argv.slice(2);
  for (const file of readdirSync(TESTS)) {
    if (!file.endsWith(".test.mjs")) continue;
    if (wanted.length === 0 || wanted.some((word) => file.includes(word))) await runFile(file);
  }
} finally {
  wine.end();
}
if (counts.passed + counts.failed === 0) counts.failed = 1;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed\n`);
process.exitCode = counts.failed === 0 ? 0 : 1;

async function tellVersions() {
  const path = join(output, "version");
  const program = "console.log('Node', process.version, process.platform, os.release())";
  const status = await wine.run([node, "-e", program], { limitMs: PREPARE_MS, output: path });
  const said = Wine.read(path).trim();
  if (status !== 0) throw new Error(`node.exe ended with ${status}: ${said}`);
  process.stdout.write(`${said} under ${wineVersion()}\n`);
}

/** A file during which Wine's own server ended is run once more, and it is said that it was. */
async function runFile(file) {
  for (const isLast of [false, true]) {
    if ((await tryFile(file)) !== "lost") return;
    const why = await wine.gone;
    wine.end();
    wine.begin(join(output, "wineserver"));
    process.stdout.write(`${file}: Wine's server ended (${why})${isLast ? "" : "; once more"}\n`);
    if (isLast) counts.failed += 1;
  }
}

async function tryFile(file) {
  const path = join(output, `${file}.tap`);
  const from = performance.now();
  const args = [node, "--test-reporter=tap", join("test", file)];
  const status = await wine.run(args, { cwd: installed, limitMs: FILE_MS, output: path });
  if (status === "lost") return status;
  const text = existsSync(path) ? Wine.read(path) : "";
  const tests = readTap(text);
  process.stdout.write(`${file} (${seconds(from)})\n`);
  for (const { title, isPassed, isSkipped, notes } of tests) {
    process.stdout.write(`  ${isSkipped ? "-" : isPassed ? "✓" : "✗"} ${title}\n`);
    for (const note of notes) process.stdout.write(`      ${note}\n`);
    if (!isSkipped) counts[isPassed ? "passed" : "failed"] += 1;
  }
  const failed = tests.some(({ isPassed }) => !isPassed);
  if (status === 0 && !failed && tests.length > 0) return status;
  // A file that was cut off, or did not even load, fails without a test that says so.
  if (!failed) counts.failed += 1;
  process.stdout.write(`  ${file} ended with ${status}:\n${text}\n`);
  return status;
}
