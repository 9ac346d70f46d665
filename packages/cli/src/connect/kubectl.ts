import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { devNull, homedir } from "node:os";
import { delimiter, isAbsolute, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import { isObject } from "../imports/source-file.ts";
import { inCopy } from "./in-copy.ts";
import { keysOfUser, kubeconfigPart, scalar } from "./kubeconfig-text.ts";
import { demandSecret, plainOperand } from "./operands.ts";
import { ownWords } from "./own-command.ts";
import { peekAt } from "./peek.ts";
import type { Tool } from "./tool.ts";

/** What a user has one of: beside it kubectl does not ask a program, or refuses. */
const OTHERS = ["token", "tokenFile", "username", "auth-provider"];
/** From 1.22 on it takes `v1`. */
const FIRST_V1 = 22;

/** kubectl asks us for the credential of a user; it reads what was written before it counts. */
export const kubectl: Tool = {
  operands: "USER NAME",
  arity: [2, 2],
  partOf: kubeconfigPart,
  aim: async (input, [user = "", name = ""]) => {
    plainOperand(user, "a user");
    await demandSecret(input, name, "store it first: strongroom set NAME, or oauth login");
    const words = ownWords(["kube", "exec-credential", name], input.values["vault"], process.env);
    return {
      file: fileWith(user, process.env),
      value: execBlock(words, versionTaken()),
      demand: (text) => demandAlone(text, user),
      prove: (before, after) => prove(before, after, { user, words }),
    };
  },
};

/** Word by word as kubectl would write it, so that it stays the same when kubectl writes the file. */
function execBlock([command = "", ...args]: readonly string[], version: string): string {
  return [
    `apiVersion: client.authentication.k8s.io/${version}`,
    "args:",
    ...args.map((each) => `- ${scalar(each)}`),
    `command: ${scalar(command)}`,
    "env: null",
    "interactiveMode: Never",
    "provideClusterInfo: false",
  ].join("\n");
}

/** The one of several that has the user, else the first that is there, else the last. */
function fileWith(user: string, env: NodeJS.ProcessEnv): string {
  const files = (env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
  const relative = files.find((file) => !isAbsolute(file));
  if (relative !== undefined) {
    throw new StrongroomError("INVALID", "KUBECONFIG holds a path that is not absolute", {
      hint: "give KUBECONFIG absolute paths, then repeat the command",
    });
  }
  const usual = join(homedir(), ".kube", "config");
  return (
    files.find((file) => hasUser(file, user)) ??
    files.find((file) => existsSync(file)) ??
    files.at(-1) ??
    usual
  );
}

function hasUser(file: string, user: string): boolean {
  try {
    return keysOfUser(peekAt(file) ?? "", user) !== undefined;
  } catch {
    return false;
  }
}

function demandAlone(text: string, user: string): void {
  const other = keysOfUser(text, user)?.find((key) => OTHERS.includes(key));
  if (other === undefined) return;
  throw new StrongroomError("CONFLICT", `the user ${user} has ${other} already`, {
    hint: `take it out first: kubectl config unset ${shellWord(`users.${user}.${other}`)}`,
  });
}

function prove(
  before: string,
  after: string,
  { user, words }: { readonly user: string; readonly words: readonly string[] },
): void {
  const [old, fresh] = [usersApart(before, user), usersApart(after, user)];
  const { args, command } = isObject(fresh.exec) ? fresh.exec : {};
  const isMeant = isDeepStrictEqual([command, ...(Array.isArray(args) ? args : [])], words);
  if (isMeant && isDeepStrictEqual(old.rest, fresh.rest)) return;
  throw new StrongroomError("UNSUPPORTED_FORMAT", "kubectl does not read it as it is meant", {
    hint: `let kubectl do it: kubectl config set-credentials ${shellWord(user)} --exec-command=PROGRAM`,
  });
}

/** The configuration as kubectl reads it: what a user has to run, and all else. */
function usersApart(
  text: string,
  user: string,
): { readonly exec: unknown; readonly rest: unknown } {
  const { status, stdout } = inCopy(text, (copy) =>
    runKubectl(["--kubeconfig", copy, "config", "view", "--raw", "--output", "json"]),
  ).given;
  const whole: unknown = status === 0 ? JSON.parse(stdout) : undefined;
  if (!isObject(whole)) {
    throw new StrongroomError("INVALID", "kubectl cannot read its configuration", {
      hint: "see what it says: kubectl config view",
    });
  }
  const users: readonly unknown[] = Array.isArray(whole["users"]) ? whole["users"] : [];
  const found = users.find((each) => isObject(each) && each["name"] === user);
  const own = isObject(found) && isObject(found["user"]) ? found["user"] : {};
  const others = users.map((each) => withoutExec(each, user)).filter((each) => each !== undefined);
  return { exec: own["exec"], rest: { ...whole, users: others } };
}

function withoutExec(entry: unknown, user: string): unknown {
  if (!isObject(entry) || entry["name"] !== user || !isObject(entry["user"])) return entry;
  const { exec: _, ...others } = entry["user"];
  return Object.keys(others).length === 0 ? undefined : { ...entry, user: others };
}

function versionTaken(): string {
  // With its own configuration it would read that first, and wait where it is a pipe.
  const nothing = ["--kubeconfig", devNull];
  const { stdout } = runKubectl([...nothing, "version", "--client", "--output", "json"]);
  const minor = Number(/"minor": "(\d+)/u.exec(stdout)?.[1] ?? FIRST_V1);
  return minor < FIRST_V1 ? "v1beta1" : "v1";
}

function runKubectl(args: readonly string[]): {
  readonly status: number | null;
  readonly stdout: string;
} {
  const { error, status, stdout } = spawnSync("kubectl", args, { encoding: "utf8" });
  if (error === undefined) return { status, stdout };
  throw new StrongroomError("NOT_FOUND", "kubectl is not on the PATH, and is to check its file", {
    hint: "install kubectl, then: strongroom connect kubectl USER NAME",
  });
}
