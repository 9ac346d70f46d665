import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { spawn, spawnSync } from "node:child_process";
import { handedOver } from "@strongroom/daemon/src/guard/inherited.ts";
import { expect, it, onTestFinished, test } from "vitest";
import { throwaway } from "../../support/connected.ts";
import { CLI } from "../../support/processes.ts";

it("keeps what was handed over on purpose, and nothing else", () => {
  const kept = (argv: readonly string[], env: NodeJS.ProcessEnv): number[] =>
    [3, 4, 5, 9].filter(handedOver(argv, env));
  expect(kept([], {})).toEqual([]);
  expect(kept(["--succeed", "x"], {})).toEqual([3]);
  expect(kept([], { LISTEN_FDS: "2", LISTEN_PID: String(process.pid) })).toEqual([3, 4]);
  expect(kept([], { LISTEN_FDS: "2", LISTEN_PID: "1" })).toEqual([]);
  expect(kept([], { NODE_CHANNEL_FD: "9" })).toEqual([9]);
});

test.skipIf(process.platform !== "linux")(
  "a lock of whoever started the daemon ends with them",
  { timeout: 60_000 },
  async () => {
    const place = throwaway();
    const folder = mkdtempSync(join(tmpdir(), "sr-fd-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const lock = join(folder, "lock");
    // Node closes those that it finds below 16 or so, and no others.
    const script = 'exec 20>"$LOCK" && flock -n 20 && exec "$0" -- "$@"';
    const args = ["-c", script, process.execPath, CLI, "set", "a"];
    const env = { ...place.env, LOCK: lock };
    const child = spawn("bash", args, { env, stdio: ["pipe", "ignore", "ignore"] });
    child.stdin.end("v");
    expect(await new Promise((resolve) => child.once("close", resolve))).toBe(0);
    expect(place.record()?.pid).toBeGreaterThan(0);
    expect(spawnSync("flock", ["-n", lock, "true"]).status).toBe(0);
  },
);
