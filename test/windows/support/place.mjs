import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connect } from "@strongroom/client";

const load = createRequire(import.meta.url);
/** Where an installed package is. */
export const folderOf = (name) => dirname(load.resolve(`${name}/package.json`));

const DAEMON = join(folderOf("@strongroom/daemon"), "bin", "strongroomd.js");
const CLI = join(folderOf("strongroom"), "bin", "strongroom.js");

/** The programs of this folder. */
export const PROGRAMS = {
  client: fileURLToPath(new URL("one-client.mjs", import.meta.url)),
  squatter: fileURLToPath(new URL("squatter.mjs", import.meta.url)),
};

/** A home of its own, gone with its daemon when the test ends. */
export function place(t) {
  const home = mkdtempSync(join(tmpdir(), "strongroom-"));
  const vault = join(home, "vault");
  // Twenty processes at once on a machine that has other work take their time.
  const env = { ...process.env, STRONGROOM_HOME: home, STRONGROOM_TIMEOUT: "60s" };
  const started = [];
  t.after(async () => {
    const running = recorded(vault);
    for (const child of started) child.process.kill();
    if (running !== undefined) end(running.pid);
    await removed(home);
  });
  /** A program of Node, `input` null: with nothing for a stdin; `done` resolves with its status and what it printed. */
  const program = (file, args = [], { input, also = {} } = {}) => {
    const child = begin(file, args, { env: { ...env, ...also }, input });
    started.push(child);
    return child;
  };
  return {
    home,
    vault,
    env,
    program,
    daemon: (...args) => program(DAEMON, args),
    cli: (args, options) => program(CLI, args, options).done,
    record: () => recorded(vault),
    client: (options = {}) => connect({ home, autostart: false, timeout: "60s", ...options }),
  };
}

function begin(file, args, { env, input }) {
  // Without a console, as what a service or another program starts.
  const stdin = input === null ? "ignore" : "pipe";
  const child = spawn(process.execPath, [file, ...args], {
    env,
    stdio: [stdin, "pipe", "pipe"],
    windowsHide: true,
  });
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"]) {
    child[name].setEncoding("utf8").on("data", (text) => (said[name] += text));
  }
  // Who ends before it has read all of it says why by its status.
  child.stdin?.on("error", () => {}).end(input);
  const done = new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status, signal) => resolve({ status, signal, ...said }));
  });
  return { process: child, said, done };
}

function recorded(vault) {
  try {
    return JSON.parse(readFileSync(join(vault, "daemon.pid"), "utf8"));
  } catch {
    return undefined;
  }
}

/** Ends a process as `kill -9` does; one that is gone is fine. */
export function end(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It is gone.
  }
}

/** Resolves with what `look` finds, once it finds something. */
export async function until(look, what, limitMs = 60_000) {
  const from = performance.now();
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (performance.now() - from > limitMs) throw new Error(`in vain for ${limitMs} ms: ${what}`);
    await pause(20);
  }
}

/** Whether a process is there. */
export function isThere(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function removed(home) {
  for (let tries = 0; tries < 40; tries += 1) {
    try {
      return rmSync(home, { recursive: true, force: true });
    } catch {
      // Who was ended a moment ago lets go of its files later.
      await pause(50);
    }
  }
}
