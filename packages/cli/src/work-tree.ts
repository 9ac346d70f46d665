import { existsSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";

/** `DENIED` for a file inside of a git work tree: from there values are committed. */
export function demandNoWorkTree(path: string, command: string): void {
  let folder = realFolder(dirname(resolve(path)));
  for (;;) {
    if (existsSync(join(folder, ".git"))) {
      throw new StrongroomError("DENIED", `${path} lies in the git work tree ${folder}`, {
        hint: `write it elsewhere, or have git ignore it and repeat: ${command}`,
      });
    }
    const above = dirname(folder);
    if (above === folder) return;
    folder = above;
  }
}

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
