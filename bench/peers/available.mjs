import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** Why a peer cannot be measured here, with what mends it; undefined when it can. */
export function missing(peer) {
  return CHECKS[peer]();
}

const KEYRING = "libsecret-tools gnome-keyring dbus";
const CHECKS = {
  lmdb: () => loads("lmdb"),
  "lock file": () => loads("proper-lockfile"),
  pass: () => program("pass", "pass gnupg"),
  redis: () => {
    const { error } = spawnSync("redis-server", ["--version"], { stdio: "ignore" });
    if (error !== undefined) return "no redis-server here: apt-get install redis-server";
    return loads("redis");
  },
  "secret-tool": () =>
    program("secret-tool", KEYRING) ??
    program("gnome-keyring-daemon", KEYRING) ??
    program("dbus-daemon", KEYRING),
  sqlite: () => loads("better-sqlite3", (Database) => new Database(":memory:").close()),
};

function program(name, packages) {
  const { error } = spawnSync(name, ["--version"], { stdio: "ignore" });
  return error === undefined ? undefined : `no ${name} here: apt-get install ${packages}`;
}

function loads(name, use = () => {}) {
  try {
    use(require(name));
    return undefined;
  } catch (error) {
    const why = String(error.message).split("\n")[0];
    return `npm's ${name} is not installed (${why}): npm run bench -- --install`;
  }
}
