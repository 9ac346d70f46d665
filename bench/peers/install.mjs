import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { missing } from "./available.mjs";

const FOLDER = fileURLToPath(new URL("..", import.meta.url));
const STAMP = join(FOLDER, "node_modules", ".strongroom-bench");
const windows = process.platform === "win32";

/**
 * Installs the peers from npm into `bench/node_modules`, once; the packages that we ship know
 * nothing of them. sqlite comes as a binary where one is offered and is compiled otherwise, which
 * takes a minute and therefore does not happen when it has to be quick. What cannot be installed
 * is missing in the table, with the reason.
 */
export function install({ quick }) {
  if (!existsSync(STAMP) || readFileSync(STAMP, "utf8") !== fingerprint()) {
    say("installing the peers from npm, once");
    if (!npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])) return;
    writeFileSync(STAMP, fingerprint());
  }
  if (missing("sqlite") === undefined) return;
  if (quick) {
    fetchSqlite();
    return;
  }
  say("building sqlite, once");
  npm(["rebuild", "better-sqlite3"]);
}

function fingerprint() {
  const { platform, arch, versions } = process;
  return createHash("sha256")
    .update(`${platform} ${arch} ${versions.modules} `)
    .update(readFileSync(join(FOLDER, "package-lock.json")))
    .digest("hex");
}

function fetchSqlite() {
  const program = join(FOLDER, "node_modules", "prebuild-install", "bin.js");
  const cwd = join(FOLDER, "node_modules", "better-sqlite3");
  spawnSync(process.execPath, [program], { cwd, stdio: "ignore", timeout: 10_000 });
}

function npm(args) {
  const { status, stdout, stderr } = spawnSync("npm", args, {
    cwd: FOLDER,
    encoding: "utf8",
    shell: windows,
  });
  if (status !== 0)
    say(`npm ${args[0]} failed: ${`${stdout ?? ""}${stderr ?? ""}`.trim().slice(-2000)}`);
  return status === 0;
}

function say(line) {
  process.stderr.write(`bench: ${line}\n`);
}
