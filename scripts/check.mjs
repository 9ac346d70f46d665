import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT, run, seconds, tool } from "./process.mjs";
import { setup } from "./setup.mjs";

await setup();

const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

// publint packs with the pnpm that it finds on PATH, so that `publishConfig` counts.
const npx = ["npx", "-y", "-p", packageManager, "--", ...tool("publint")];
const packaging = readdirSync(join(ROOT, "packages")).map((name) => ({
  name: `packaging of ${name}`,
  command: [...npx, "run", join("packages", name), "--strict", "--pack", "pnpm"],
}));

const steps = [
  { name: "format", command: [...tool("oxfmt"), "--check", "."] },
  { name: "lint", command: [...tool("oxlint"), "--type-aware", "--deny-warnings"] },
  { name: "types", command: [...tool("typescript", "tsc"), "-b"] },
  { name: "dead code", command: tool("knip") },
  ...packaging,
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
if (failed.length > 0) {
  process.stdout.write(`check: failed: ${failed.join(", ")}\n`);
  process.exitCode = 1;
}
