import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";

/**
 * `DENIED` for a file inside of a git work tree, also one that GIT_WORK_TREE or GIT_DIR names: from
 * there values are committed.
 */
export function demandNoWorkTree(path: string, command: string): void {
  const folder = realFolder(dirname(path));
  const tree = aboveWithGit(folder) ?? named(process.env).find((each) => isIn(folder, each));
  if (tree === undefined) return;
  throw new StrongroomError("DENIED", `${path} lies in the git work tree ${tree}`, {
    hint: `write it elsewhere, or have git ignore it and repeat: ${command}`,
  });
}

function aboveWithGit(start: string): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".git"))) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The work tree of git's variables: the one that is named, the repository's own, or this folder. */
function named({ GIT_DIR: folder, GIT_WORK_TREE: tree }: NodeJS.ProcessEnv): string[] {
  if (tree !== undefined && tree !== "") return [realFolder(tree)];
  if (folder === undefined || folder === "") return [];
  const config = configOf(folder);
  const own = /^\s*worktree\s*=\s*"?([^"\n]+?)"?\s*$/imu.exec(config)?.[1];
  if (own !== undefined) return [realFolder(resolve(folder, own))];
  return /^\s*bare\s*=\s*true\s*$/imu.test(config) ? [] : [realFolder(".")];
}

function configOf(folder: string): string {
  try {
    return readFileSync(join(folder, "config"), "utf8");
  } catch {
    return "";
  }
}

function isIn(folder: string, tree: string): boolean {
  return folder === tree || folder.startsWith(tree.endsWith(sep) ? tree : `${tree}${sep}`);
}

/** As the kernel finds it, which follows a link before it goes up by `..`. */
function realFolder(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
