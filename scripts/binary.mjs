import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { BUN_NOTICE, installBun, writeDeafBun } from "./binary/bun.mjs";
import { bundleParts, PARTS } from "./binary/bundle.mjs";
import { ROOT, must, seconds } from "./process.mjs";
import { noticesOf, packagesOf } from "./release/notices.mjs";
import { setup } from "./setup.mjs";

if (process.platform !== "linux") {
  process.stderr.write("binary: the single file is made on Linux, for Linux\n");
  process.exit(1);
}
await setup();
const { version } = JSON.parse(readFileSync(join(ROOT, "packages/cli/package.json"), "utf8"));
const start = performance.now();
const release = join(ROOT, "release");
const made = join(release, `strongroom-${version}-linux-${process.arch}`);
// Always the same one: its path is in what is made.
const folder = join(ROOT, "node_modules", ".cache", "strongroom-binary", "parts");
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
try {
  const bun = await installBun();
  const packages = packagesOf(await bundleParts(ROOT, folder));
  const notices = `${noticesOf(basename(made), packages)}\n${BUN_NOTICE}`;
  const runtime = join(folder, "bun");
  writeDeafBun(bun, runtime);
  mkdirSync(release, { recursive: true });
  const unfinished = `${made}.part`;
  const command = [bun, "build", "--compile", "--bytecode", "--minify", "--format=cjs"];
  const alone = ["dotenv", "bunfig", "tsconfig", "package-json"];
  await must(
    [
      ...command,
      ...alone.map((each) => `--no-compile-autoload-${each}`),
      `--compile-executable-path=${runtime}`,
      `--outfile=${unfinished}`,
      ...PARTS.map((part) => `${part}.js`),
    ],
    { cwd: folder, quiet: true },
  );
  writeFileSync(`${made}.NOTICES`, notices);
  renameSync(unfinished, made);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const megabytes = (statSync(made).size / 1_000_000).toFixed(1);
process.stdout.write(`binary: ${made}: ${megabytes} MB, made in ${seconds(start)}\n`);
