import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The middle value of some numbers. */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** The value below which a share of the numbers lies. */
export function quantile(numbers, share) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** Runs `body` beside a daemon of its own on a throwaway vault; `daemonEnv` is the daemon's alone. */
export async function withVault(body, daemonEnv = {}) {
  const home = mkdtempSync(join(tmpdir(), "strongroom-bench-"));
  const env = { ...process.env, STRONGROOM_HOME: home, STRONGROOM_AUTOSTART: "0" };
  for (const name of Object.keys(env)) {
    if (name.startsWith("NODE_") || name.startsWith("XDG_")) delete env[name];
  }
  const cli = here("../packages/cli/bin/strongroom.js");
  const daemon = spawn(
    process.execPath,
    [here("../packages/daemon/bin/strongroomd.js"), "--create"],
    { env: { ...env, ...daemonEnv }, stdio: ["ignore", "ignore", "inherit"] },
  );
  const run = (args, input = "") =>
    spawnSync(process.execPath, [cli, ...args], { env, input, encoding: "utf8" });
  try {
    const deadline = Date.now() + 20_000;
    while (run(["status"]).status !== 0) {
      if (Date.now() > deadline) throw new Error("the daemon did not become ready in 20 s");
    }
    return await body({ cli, env, home, run, daemon });
  } finally {
    const ended = new Promise((resolve) => daemon.once("exit", resolve));
    if (daemon.exitCode === null) {
      daemon.kill("SIGTERM");
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
  }
}
