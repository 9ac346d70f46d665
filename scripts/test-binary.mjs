import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LEFT_OUT, NOT_ITS_OWN } from "./binary/left-out.mjs";
import { ROOT, must, run, tool } from "./process.mjs";

/** Whether a test starts one of our programs. */
const OURS =
  /\bcli\(|\bCLI\b|LAUNCHER|launcher|atTerminal|secretBus|workbench|startDaemon|Daemons\b|connected\(|strongroomd?\.js/u;

// `npm run test:binary -- test/system/run` runs some of the files; other arguments go to vitest.
const args = process.argv.slice(2);

await must([process.execPath, join(ROOT, "scripts/binary.mjs")]);
const { version } = JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8"));
const binary = join(ROOT, "release", `strongroom-${version}-linux-${process.arch}`);
const files = args.some((argument) => argument.startsWith("test/")) ? [] : startingOurs();
const folder = mkdtempSync(join(tmpdir(), "strongroom-test-binary-"));
const [report, starts] = ["report.json", "starts"].map((name) => join(folder, name));
const titles = Object.keys(NOT_ITS_OWN).map((title) => escaped(title));
const { status } = await run(
  [
    ...tool("vitest"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    `--testNamePattern=^(?!.*(?:${titles.join("|")})$)`,
    ...files,
    ...args,
  ],
  { env: { ...process.env, STRONGROOM_BINARY: binary, STRONGROOM_BINARY_STARTS: starts } },
);
printCounts();
rmSync(folder, { recursive: true, force: true });
process.exitCode = status;

/** The tests of the command line, and of real processes, that start one of our programs. */
function startingOurs() {
  return ["test/cli", "test/system"]
    .flatMap((root) =>
      readdirSync(join(ROOT, root), { recursive: true }).map((name) => `${root}/${String(name)}`),
    )
    .filter((file) => file.endsWith(".test.ts") && LEFT_OUT[file] === undefined)
    .filter((file) => OURS.test(readFileSync(join(ROOT, file), "utf8")))
    .toSorted();
}

function escaped(title) {
  return title.replaceAll(/[^\w\s,]/g, String.raw`\$&`);
}

function printCounts() {
  try {
    const { numFailedTests, numPassedTests, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    const counts = readFileSync(starts, "utf8").trim().split("\n").map(Number);
    const started = counts.reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `the single file: ${numPassedTests} passed, ${numFailedTests} failed in ${testResults.length} files, which started it ${started} times; ${Object.keys(LEFT_OUT).length} files and ${titles.length} tests are left out, see docs/binary.md\n`,
    );
  } catch {
    process.stdout.write("the single file: vitest wrote no report\n");
  }
}
