import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import { inCopy } from "./in-copy.ts";
import { onPath, ownProgram } from "./own-command.ts";
import { demandNoVault, given } from "./operands.ts";
import type { Part, Tool } from "./tool.ts";

const HELPER = "git-credential-strongroom";

/** git asks our helper, for all servers or those of one URL; `git config` makes the change. */
export const git: Tool = {
  operands: "[URL]",
  arity: [0, 1],
  partOf,
  aim: ({ values }, [url = ""]) => {
    demandNoVault(values, "git");
    if (url !== "" && !/^https?:\/\/[^\s]+$/u.test(url)) {
      throw new StrongroomError("INVALID", "connect git takes a URL that begins with https://", {
        hint: "strongroom connect git https://github.com",
      });
    }
    const { value, others } = { value: ourHelper(process.env), others: othersOf(url) };
    return { file: globalFile(process.env), value, remarks: others };
  },
};

/** git finds a helper by its name where it is on the PATH; else the shell is given its path. */
function ourHelper(env: NodeJS.ProcessEnv): string {
  return onPath(HELPER, env) === undefined ? shellWord(ownProgram(HELPER, env)) : "strongroom";
}

function isOurs(helper: string): boolean {
  return helper === "strongroom" || /(?:^|\/)git-credential-strongroom(?:\.js)?'?$/u.test(helper);
}

function keyOf(url: string): string {
  return url === "" ? "credential.helper" : `credential.${url}.helper`;
}

function partOf(url: string): Part {
  const key = keyOf(url);
  return {
    label: key,
    read: (text) => helpersIn(text, key).findLast(isOurs),
    put: (text, value) =>
      changed(text, (copy) => {
        if (value !== undefined) return ["config", "--file", copy, "--add", key, value];
        const ours = helpersIn(text, key).findLast(isOurs) ?? "";
        return ["config", "--file", copy, "--fixed-value", "--unset-all", key, ours];
      }),
  };
}

function othersOf(url: string): (text: string) => string[] {
  return (text) => {
    const others = helpersIn(text, keyOf(url)).filter((each) => each !== "" && !isOurs(each));
    return others.map(
      (each) => `git asks the helper ${each} as well, and stores there what it is told`,
    );
  };
}

function helpersIn(text: string, key: string): string[] {
  if (text === "") return [];
  const { status, stdout } = runGit(["config", "--file", "-", "--null", "--get-all", key], text);
  // 1 = there is none.
  if (status === 1) return [];
  if (status !== 0) throw unreadable();
  return stdout.split("\0").slice(0, -1);
}

function changed(text: string, argumentsFor: (copy: string) => readonly string[]): string {
  return inCopy(text, (copy) => {
    if (runGit(argumentsFor(copy)).status !== 0) throw unreadable();
  }).text;
}

function runGit(
  args: readonly string[],
  input = "",
): { readonly status: number | null; readonly stdout: string } {
  const { error, status, stdout } = spawnSync("git", args, { encoding: "utf8", input });
  if (error === undefined) return { status, stdout };
  throw new StrongroomError("NOT_FOUND", "git is not on the PATH, and changes its file itself", {
    hint: "install git, then: strongroom connect git",
  });
}

/** As `git config --global` finds it. */
function globalFile(env: NodeJS.ProcessEnv): string {
  const named = given(env, "GIT_CONFIG_GLOBAL");
  if (named !== undefined) return named;
  const usual = join(homedir(), ".gitconfig");
  const other = join(given(env, "XDG_CONFIG_HOME") ?? join(homedir(), ".config"), "git", "config");
  return !existsSync(usual) && existsSync(other) ? other : usual;
}

function unreadable(): StrongroomError {
  return new StrongroomError("INVALID", "git cannot read its configuration", {
    hint: "see what it says: git config --global --list",
  });
}
