import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { must, ROOT } from "./process.mjs";

/** The Nodes that all tests are run on: the oldest that `engines` allows, and the newest of each even line. */
export const NODES = ["20.19.0", "22.23.5", "24.22.3", "26.12.1"];

const OPERATING_SYSTEMS = { darwin: "darwin", linux: "linux", win32: "win" };

/**
 * The path of that Node for this machine, from the npm package that carries nothing else (the one
 * that `node` on npm installs by a script). It is kept beside the installed packages.
 */
export async function ensureNode(version) {
  return await ensurePackage(
    `node-${OPERATING_SYSTEMS[process.platform] ?? process.platform}-${process.arch}`,
    version,
    process.platform === "win32" ? "bin/node.exe" : "bin/node",
  );
}

/** The path of `file` in that package of npm, installed without its scripts, where none is there. */
async function ensurePackage(name, version, file) {
  const folder = join(ROOT, "node_modules", ".cache", "strongroom", `${name}-${version}`);
  const path = join(folder, "node_modules", name, file);
  if (existsSync(path)) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const npm = process.platform === "win32" ? ["cmd", "/c", "npm"] : ["npm"];
  const options = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-save", "--force"];
  await must([...npm, "install", ...options, `${name}@${version}`], { cwd: folder, quiet: true });
  return path;
}
