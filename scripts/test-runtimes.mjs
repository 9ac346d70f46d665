// Gets Deno and Bun as npm has them, pinned, and runs with them the tests that want them.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, must, run, tool } from "./process.mjs";
import { setup } from "./setup.mjs";

const TESTS = ["test/system/runtimes.test.ts", "test/system/swamp-deno.test.ts"];
/** What npm calls the programs for a system. */
const PLATFORMS = {
  "darwin-arm64": { bun: "darwin-aarch64", deno: "darwin-arm64" },
  "darwin-x64": { bun: "darwin-x64", deno: "darwin-x64" },
  "linux-arm64": { bun: "linux-aarch64", deno: "linux-arm64-glibc" },
  "linux-x64": { bun: "linux-x64", deno: "linux-x64-glibc" },
};
const VERSIONS = { bun: "1.4.5", deno: "2.9.6" };

const here = `${process.platform}-${process.arch}`;
const platform = PLATFORMS[here];
if (platform === undefined) {
  process.stderr.write(`test:runtimes: neither Deno nor Bun is to be had for ${here}\n`);
  process.exit(1);
}
await setup();

// The packages with the programs themselves, of which none runs a script when it is installed.
const deno = `@deno/${platform.deno}`;
const bun = `@oven/bun-${platform.bun}`;
const folder = join(ROOT, "node_modules/.cache/strongroom-runtimes");
const programs = {
  STRONGROOM_BUN: join(folder, "node_modules", bun, "bin/bun"),
  STRONGROOM_DENO: join(folder, "node_modules", deno, "deno"),
};
const manifest = { private: true, dependencies: { [bun]: VERSIONS.bun, [deno]: VERSIONS.deno } };
mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"];
process.stderr.write(`test:runtimes: Deno ${VERSIONS.deno} and Bun ${VERSIONS.bun}\n`);
await must(["npm", "install", ...flags], { cwd: folder, quiet: true });
for (const program of Object.values(programs)) {
  if (!existsSync(program)) throw new Error(`${program} was not installed`);
}
const env = { ...process.env, ...programs };
const { status } = await run([...tool("vitest"), "run", ...TESTS], { env });
process.exitCode = status;
