import { readdirSync } from "node:fs";
import { deadRuns, runtimeFolder, sweep } from "../run/secret-files.ts";
import { note, ok } from "./finding.ts";
import type { Finding } from "./finding.ts";
import type { Scene } from "./scene.ts";

/** Files with values that killed runs have left. */
export function checkRuns({ env }: Scene): Finding[] {
  const folder = runtimeFolder(env);
  const dead = deadRuns(namesIn(folder)).length;
  if (dead === 0) return [ok("runs", "no killed run left a file")];
  const message = `${dead} killed runs left files with values in ${folder}`;
  return [note("runs", message, "strongroom doctor --fix", () => void sweep(folder))];
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
