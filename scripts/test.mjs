import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, tool } from "./process.mjs";
import { setup } from "./setup.mjs";

// `npm test -- test/daemon -t torn` passes its arguments on to vitest; `--long` is ours.
const args = process.argv.slice(2);
const long = args.includes("--long");

await setup();

const folder = mkdtempSync(join(tmpdir(), "strongroom-test-"));
const report = join(folder, "report.json");
const env = { ...process.env, ...(long ? { STRONGROOM_LONG: "1" } : {}) };
// A shell set up for production would make vitest and what it starts behave otherwise.
delete env.NODE_ENV;
// Logs are read by programs too.
if (!process.stdout.isTTY) env.NO_COLOR = "1";
const { status } = await run(
  [
    ...tool("vitest"),
    "run",
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${report}`,
    ...args.filter((argument) => argument !== "--long"),
  ],
  { env },
);
printCounts();
rmSync(folder, { recursive: true, force: true });
process.exitCode = status;

function printCounts() {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(
      readFileSync(report, "utf8"),
    );
    // A file that does not even load fails without having a test.
    const unloaded = testResults.filter(
      (file) => file.status === "failed" && file.assertionResults.length === 0,
    ).length;
    process.stdout.write(`${numPassedTests} passed, ${numFailedTests + unloaded} failed\n`);
  } catch {
    process.stdout.write(`0 passed, 1 failed (vitest wrote no report)\n`);
  }
}
