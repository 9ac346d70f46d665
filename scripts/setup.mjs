import { createHash } from "node:crypto";
import { accessSync, constants, existsSync, mkdtempSync } from "node:fs";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { bundleDaemon, isBundled } from "./bundle.mjs";
import { integrations } from "./integrations.mjs";
import { ROOT, must, run, seconds, tool } from "./process.mjs";

const STAMP = join(ROOT, "node_modules", ".strongroom-setup");
const MANIFESTS = ["package.json", "pnpm-lock.yaml", "pnpm-workspace.yaml"];
const OWN = ["packages/client", "packages/daemon", "packages/cli", "demo"];
const PROJECTS = [...OWN, ...integrations(ROOT)];

/** Makes a fresh clone, or one that was pulled, ready to run; one line for each thing it does. */
export async function setup() {
  requireNode();
  const wanted = fingerprint();
  if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== wanted) {
    await install();
    writeFileSync(STAMP, wanted);
  }
  await build();
}

function requireNode() {
  const { engines } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const [major, minor] = process.versions.node.split(".").map(Number);
  const [wantedMajor, wantedMinor] = engines.node.replace(">=", "").split(".").map(Number);
  if (major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)) return;
  say(`strongroom needs Node ${engines.node}; this is ${process.versions.node}`);
  process.exit(1);
}

// A clone, a pull and a branch change all touch the lockfile's time; its content tells the truth.
function fingerprint() {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch} ${ROOT}`);
  for (const file of MANIFESTS) hash.update(readFileSync(join(ROOT, file)));
  return hash.digest("hex");
}

async function install() {
  const { packageManager } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const start = performance.now();
  say(`installing what pnpm-lock.yaml names, with ${packageManager} through npx`);
  const { env, remove } = installEnvironment();
  const npx = process.platform === "win32" ? ["cmd", "/c", "npx"] : ["npx"];
  try {
    await must([...npx, "-y", packageManager, "install", "--frozen-lockfile"], {
      env,
      quiet: true,
    });
  } finally {
    remove();
  }
  say(`installed in ${seconds(start)}`);
}

function installEnvironment() {
  const env = { ...process.env, CI: "true" };
  // With any of these the tools that build and test are left out.
  for (const name of ["NODE_ENV", "npm_config_production", "npm_config_omit"]) delete env[name];
  if (isWritable(homedir())) return { env, remove: () => {} };
  const home = mkdtempSync(join(tmpdir(), "strongroom-setup-"));
  say(`the home folder cannot be written, so npm and pnpm get a temporary one`);
  const config = join(homedir(), ".npmrc");
  if (existsSync(config)) env.npm_config_userconfig ??= config;
  for (const name of Object.keys(env)) {
    if (/^(XDG_.*_HOME|PNPM_HOME|npm_config_(cache|prefix))$/i.test(name)) delete env[name];
  }
  env.HOME = home;
  return { env, remove: () => rmSync(home, { recursive: true, force: true }) };
}

// Access rights say nothing to root, and nothing of a read-only file system on some: so try.
function isWritable(folder) {
  if (folder === "") return false;
  const probe = join(folder, `.strongroom-setup-${process.pid}`);
  try {
    accessSync(folder, constants.W_OK);
    mkdirSync(probe);
    rmSync(probe, { recursive: true });
    return true;
  } catch {
    return false;
  }
}

async function build() {
  const projects = PROJECTS.filter((project) => existsSync(join(ROOT, project, "tsconfig.json")));
  const start = performance.now();
  const command = [...tool("typescript", "tsc"), "-b", "-v"];
  let built = await run([...command, ...projects], { quiet: true });
  // An error is remembered beyond what caused it when a package that it imports has changed.
  if (built.status !== 0) built = await run([...command, "-f", ...projects], { quiet: true });
  if (built.status !== 0) {
    say("this does not compile:");
    process.stderr.write(errorsOf(built.text));
    process.exit(1);
  }
  const stale = built.text.match(/Building project/g)?.length ?? 0;
  if (stale > 0 || !isBundled(ROOT)) await bundleDaemon(ROOT);
  if (stale > 0) say(`built ${stale} of ${projects.length} packages in ${seconds(start)}`);
}

// Without what `-v` says of the projects.
function errorsOf(text) {
  const lines = text
    .split(/\r?\n/)
    .filter((line) => !/^(?:\d\d:\d\d:\d\d .*| +\* .*)?$/.test(line));
  return `${lines.join("\n")}\n`;
}

function say(line) {
  process.stderr.write(`setup: ${line}\n`);
}
