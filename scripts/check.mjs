import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, run, seconds, tool } from "./process.mjs";
import { npx, packAll } from "./release/pack.mjs";
import { setup } from "./setup.mjs";

await setup();

/** Needed nowhere else, and 50 packages large. */
const ATTW = "@arethetypeswrong/cli@0.18.5";

const folder = mkdtempSync(join(tmpdir(), "strongroom-check-"));
const packed = await packAll(ROOT, folder);
const packaging = packed.map(({ name, file }) => ({
  name: `packaging of ${name}`,
  command: [...tool("publint"), "run", file, "--strict"],
}));
// The SDK is of ES modules alone, so that what CommonJS finds of it is no fault.
const types = packed.map(({ name, file }) => ({
  name: `types of ${name}`,
  command: [...npx(), "-p", ATTW, "--", "attw", "--profile", "esm-only", file],
}));

const steps = [
  { name: "format", command: [...tool("oxfmt"), "--check", "."] },
  { name: "lint", command: [...tool("oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "types", command: [...tool("typescript", "tsc"), "-b"] },
  { name: "dead code", command: tool("knip") },
  ...packaging,
  ...types,
  { name: "tests", command: [process.execPath, join(ROOT, "scripts", "test.mjs")], quiet: false },
];

const failed = [];
for (const { name, command, quiet = true } of steps) {
  const start = performance.now();
  const { status, text } = await run(command, { quiet });
  process.stdout.write(`check: ${name}: ${status === 0 ? "ok" : "FAILED"} in ${seconds(start)}\n`);
  if (status === 0) continue;
  failed.push(name);
  process.stdout.write(text);
}
rmSync(folder, { recursive: true, force: true });
if (failed.length > 0) {
  process.stdout.write(`check: failed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}
