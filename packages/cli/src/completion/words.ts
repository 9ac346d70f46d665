import { namedHome, namedHomes } from "../named-vault.ts";
import { formatReference, parseReference, SCHEME } from "../references/reference.ts";
import { candidatesFor } from "./candidates.ts";
import type { Candidates } from "./candidates.ts";

/**
 * The words that may stand in the place of the last one, each beginning as it does; `:files` and
 * `:commands` have the shell find them. Names are those of the vault that `--vault` names before it.
 */
export async function wordsFor(words: readonly string[]): Promise<readonly string[]> {
  const last = words.at(-1) ?? "";
  const before = words.slice(0, -1);
  const [, option, value = ""] = /^(--[a-z][a-z-]*=)(.*)$/su.exec(last) ?? [];
  if (option !== undefined && !before.includes("--")) {
    const found = await wordsFor([...before, option.slice(0, -1), value]);
    return found.filter((each) => !each.startsWith(":")).map((each) => `${option}${each}`);
  }
  const found = await candidatesFor(words);
  if (found === "files" || found === "commands") return [`:${found}`];
  const all = typeof found === "string" ? await named(found, words) : found;
  return all.filter((each) => each.startsWith(last));
}

async function named(
  kind: Exclude<Candidates, readonly string[]>,
  words: readonly string[],
): Promise<readonly string[]> {
  const last = words.at(-1) ?? "";
  if (kind === "vaults") return [...namedHomes(process.env).keys()];
  const env = environmentOf(words.slice(0, -1));
  if (env === undefined) return [];
  const { secretNames } = await import("./names.ts");
  if (kind !== "references") return await secretNames(last, env);
  const [, variable, typed = ""] = /^([A-Za-z_][A-Za-z0-9_]*=)(.*)$/su.exec(last) ?? [];
  if (variable === undefined) return [];
  if (!SCHEME.startsWith(typed) && !typed.startsWith(SCHEME)) {
    return (await secretNames(typed, env)).map((name) => `${variable}${name}`);
  }
  const names = await secretNames(nameOf(typed), env);
  return names.map((name) => `${variable}${formatReference({ name })}`);
}

/** The name that a reference begins with, which may be half typed. */
function nameOf(typed: string): string {
  try {
    return typed.length > SCHEME.length ? parseReference(typed, "it").name : "";
  } catch {
    return "";
  }
}

/** Undefined for a vault that can have no such name. */
function environmentOf(words: readonly string[]): NodeJS.ProcessEnv | undefined {
  try {
    const home = namedHome(words, process.env);
    return home === undefined ? process.env : { ...process.env, STRONGROOM_HOME: home };
  } catch {
    return undefined;
  }
}
