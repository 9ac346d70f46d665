import { spawnSync } from "node:child_process";

/** Milliseconds that a whole process took; throws when it did not print what it should. */
export function timeProgram(program, args, env, printed = "") {
  const begin = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  const took = performance.now() - begin;
  // Some add the end of a line.
  if (status !== 0 || stdout.replace(/\n$/, "") !== printed) {
    throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
  }
  return took;
}

/** Milliseconds that a whole Node process took; throws when it did not print what it should. */
export function timeNode(args, env, printed = "") {
  return timeProgram(process.execPath, args, env, printed);
}
