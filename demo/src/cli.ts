import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { environment } from "./environment.ts";

const manifest = createRequire(import.meta.url).resolve("strongroom/package.json");
const CLI = join(dirname(manifest), "bin", "strongroom.js");

/** How a program ended. */
export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the real CLI as a process of its own; `input` is what is piped into it. */
export function cli(home: string, args: readonly string[], input = ""): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [CLI, ...args], { env: environment(home) });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, stdout, stderr }));
    // A program that ends before it has read its input is no error of ours.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
  });
}
