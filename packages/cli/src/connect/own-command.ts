import { accessSync, constants, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import { shellWord, singleFile } from "@strongroom/client/protocol";
import { Refusal } from "../refusal.ts";

/** Where a program is found by its name, absolute; undefined = nowhere. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env["PATH"] ?? "")
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isProgram);
}

/**
 * The absolute path of one of our programs, for tools that know no PATH: as it is found there when
 * that is this installation, for an update changes what is behind it, else the file itself.
 * `UNSUPPORTED` for a helper that the single file is not linked to.
 */
export function ownProgram(name: string, env: NodeJS.ProcessEnv): string {
  const found = onPath(name, env);
  // What the single file is called matters, and not where.
  if (found !== undefined && realpathSync(found) === singleFile()) return found;
  const own = launcher(name);
  return found !== undefined && realpathSync(found) === realpathSync(own) ? found : own;
}

/** The words by which a tool runs the command line, on the vault that was named. */
export function ownWords(
  words: readonly string[],
  vault: unknown,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const named = typeof vault === "string" ? ["--vault", vault] : [];
  return [ownProgram("strongroom", env), ...words, ...named];
}

function launcher(name: string): string {
  const all = singleFile();
  if (all !== undefined) return linked(name, all);
  const manifest = createRequire(import.meta.url).resolve("strongroom/package.json");
  return join(dirname(manifest), "bin", `${name}.js`);
}

/** What the single file is called by that name, beside it. */
function linked(name: string, all: string): string {
  if (name === "strongroom") return all;
  const path = join(dirname(all), name);
  if (isProgram(path) && realpathSync(path) === all) return path;
  throw new Refusal(
    "UNSUPPORTED",
    `strongroom is a single file here, and is not called ${name} yet`,
    `ln -s ${shellWord(all)} ${shellWord(path)}`,
  );
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
