import { spawnSync } from "node:child_process";

/** Milliseconds that a whole Node process took; throws when it did not print what it should. */
export function timeNode(args, env, printed = "") {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  const took = performance.now() - begin;
  if (status !== 0 || stdout !== printed) {
    throw new Error(`node ${args.join(" ")} ended with ${status}: ${stderr}`);
  }
  return took;
}
