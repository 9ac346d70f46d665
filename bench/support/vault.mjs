import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { connect } from "../../packages/client/dist/index.js";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const DAEMON = here("../../packages/daemon/bin/strongroomd.js");

/** The launcher of the command line. */
export const CLI = here("../../packages/cli/bin/strongroom.js");

/**
 * A vault in a folder of its own, with a daemon started by hand and answering. `startMs` is what
 * passed from the start of its process to its first answer; `env` is the daemon's alone.
 */
export async function startVault(world, { home = world.folder("home"), env = {} } = {}) {
  const begin = performance.now();
  const daemon = world.spawn(process.execPath, [DAEMON, "--create"], {
    env: { ...world.env, ...env, STRONGROOM_HOME: home },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const client = await firstAnswer(home, daemon);
  const startMs = performance.now() - begin;
  return {
    home,
    client,
    daemon,
    startMs,
    run: (args, input) => runCli(world, home, args, input),
    stop: async (signal) => {
      client.close();
      await world.stop(daemon, signal);
    },
  };
}

/** Runs the command line on a home, as a whole process. */
export function runCli(world, home, args, input = "") {
  const env = { ...world.env, STRONGROOM_HOME: home };
  return spawnSync(process.execPath, [CLI, ...args], { env, input, encoding: "utf8" });
}

/** Writes names `0` to `count - 1` below `prefix`, in batches; again and again for more versions. */
export async function fill(client, count, { prefix = "kept/", versions = 1, progress } = {}) {
  for (let version = 1; version <= versions; version += 1) {
    for (let from = 0; from < count; from += 1000) {
      const length = Math.min(1000, count - from);
      const operations = Array.from({ length }, (_, n) => ({
        op: "set",
        name: `${prefix}${from + n}`,
        value: token(version * count + from + n),
      }));
      await client.batch(operations, { timeout: 0 });
    }
    progress?.(`${version} of ${versions} versions of ${count} secrets written`);
  }
}

/** A value as an API key is: 40 characters, another one for every number. */
export function token(n) {
  return `sk_live_${String(n).padStart(32, "0")}`;
}

async function firstAnswer(home, daemon) {
  for (let patience = 60_000; ; patience -= 2) {
    try {
      // The folder is shown to be there by the daemon alone; a client starts nothing here.
      const client = await connect({ home, autostart: false, timeout: 60_000, env: {} });
      await client.read([]);
      return client;
    } catch (error) {
      if (daemon.how !== undefined)
        throw new Error(`the daemon ended with ${daemon.how}: ${daemon.said}`, { cause: error });
      if (patience <= 0) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }
}
