import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, must } from "../process.mjs";

/** The bun that the single file is made with, and of. */
const BUN_VERSION = "1.4.5";

/**
 * Variables by which an environment could load its own code into bun, have it be another program,
 * be a debugger's, write files, or say on stderr what it sends. What begins like one of them is
 * another one of the kind.
 */
export const VARIABLES = [
  "BUN_BE_BUN",
  "BUN_BYTECODE_",
  "BUN_CONFIG_VERBOSE_FETCH",
  "BUN_CRASH_REPORT_URL",
  "BUN_ENABLE_CRASH_REPORTING",
  "BUN_INSPECT",
  "BUN_JSC_",
  "BUN_OPTIONS",
  "BUN_RUNTIME_TRANSPILER_CACHE_PATH",
];

/** What stands before a name in bun's own scripts and messages, which stay as they are. */
const IN_SCRIPT = " .\"'`$(";

/** The program of the pinned bun, which npm fetches when it is not there yet. */
export async function installBun() {
  const folder = join(ROOT, "node_modules", ".cache", "strongroom-binary", BUN_VERSION);
  const program = join(folder, "bun");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  // Its own script only copies what is in the package of the platform.
  const name = `@oven/bun-linux-${process.arch}`;
  const options = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund"];
  await must(["npm", "install", ...options, `${name}@${BUN_VERSION}`], {
    cwd: folder,
    quiet: true,
  });
  renameSync(join(folder, "node_modules", name, "bin", "bun"), program);
  return program;
}

/**
 * Writes a copy of bun to `path` that asks for none of the variables above: the first byte of each
 * name is zero, which is in no name of a variable. There is no option for that.
 */
export function writeDeafBun(program, path) {
  const bytes = readFileSync(program);
  for (const name of VARIABLES) {
    let count = 0;
    for (let at = bytes.indexOf(name); at !== -1; at = bytes.indexOf(name, at + 1)) {
      if (IN_SCRIPT.includes(bytes.toString("latin1", at - 1, at))) continue;
      bytes[at] = 0;
      count += 1;
    }
    if (count === 0) throw new Error(`bun ${BUN_VERSION} has no ${name}: see what is new in it`);
  }
  writeFileSync(path, bytes);
  chmodSync(path, 0o755);
}
