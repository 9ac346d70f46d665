import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/[/\\]$/, "");

/** The command line of an installed tool: `[node, its program]`, whatever the platform. */
export function tool(name, program = name) {
  const folder = join(ROOT, "node_modules", name);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return [process.execPath, join(folder, typeof bin === "string" ? bin : bin[program])];
}

/**
 * Runs a program without stdin and resolves with its exit status (128 + 15 after a signal) and,
 * unless it prints for itself, with what it printed on both streams (`echo`: and prints it as it
 * comes). With `limitMs` it is killed, and all that it started, when it takes longer.
 */
export function run(
  [program, ...args],
  { cwd = ROOT, env = process.env, quiet = false, echo = false, limitMs } = {},
) {
  return new Promise((resolve, reject) => {
    const output = quiet || echo ? "pipe" : "inherit";
    // A group of its own, so that all of it can be ended.
    const detached = limitMs !== undefined;
    const child = spawn(program, args, { cwd, env, detached, stdio: ["ignore", output, output] });
    const end = () => process.kill(-(child.pid ?? 0), "SIGKILL");
    const timer = detached ? setTimeout(end, limitMs) : undefined;
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
        if (echo) process.stdout.write(chunk);
      });
    }
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (status) => {
      clearTimeout(timer);
      resolve({ status: status ?? 143, text });
    });
  });
}

/** `run`, for a script that cannot go on when it fails: its output, and the same exit status. */
export async function must(command, options) {
  const { status, text } = await run(command, options);
  if (status !== 0) {
    process.stderr.write(text);
    process.exit(status);
  }
  return text;
}

/** Seconds since `start` (of `performance.now()`), to print. */
export function seconds(start) {
  return `${((performance.now() - start) / 1000).toFixed(1)} s`;
}
