import { randomUUID } from "node:crypto";
import { chmodSync, lstatSync } from "node:fs";
import { withValue } from "../mcporter/json-span.ts";
import { readText } from "../mcporter/text.ts";
import { replaceFile } from "../replace-file.ts";
import { accountsIn, FED } from "./mcporter-account.ts";
import type { Account } from "./mcporter-account.ts";
import { hasRefreshLocks, underLock, untilNoRefresh, untilStored } from "./mcporter-lock.ts";
import { isObject, parseSource, readSource } from "./source-file.ts";

/** mcporter may refresh again between two looks; more often than this it does not. */
const ROUNDS = 10;

/**
 * Takes the refresh token of a credential out of mcporter's file, which is no link. `keep` is given each that is found
 * there, and resolves when it is safe elsewhere: only then it goes. When this resolves the file has
 * none and no mcporter is about to put one there; what is not of those tokens stays byte for byte. False where the file knows no credential of that
 * name at all: it is another file than the one that it came from.
 */
export async function retire(
  file: string,
  name: string,
  keep: (account: Account) => Promise<void>,
): Promise<boolean> {
  let isKnown = false;
  for (let round = 0; round < ROUNDS; round += 1) {
    const taken = await underLock(file, () => takeOut(file, name, keep));
    // One that began before it was gone still has it, and stores the next one.
    await untilNoRefresh(file);
    isKnown ||= taken !== "unknown";
    if (taken === "unknown") break;
    const isDone = hasRefreshLocks(file)
      ? taken === "gone"
      : !(await untilStored(() => isThere(file, name)));
    if (isDone) break;
  }
  return isKnown;
}

async function takeOut(
  file: string,
  name: string,
  keep: (account: Account) => Promise<void>,
): Promise<"gone" | "taken" | "unknown"> {
  const text = readText(file);
  const whole = parseSource(text, file);
  const found = accountIn(whole, file, name);
  if (found?.account.tokens === undefined) return "unknown";
  if (found.account.tokens.refreshToken === undefined) return "gone";
  await keep(found.account);
  const { entries } = whole;
  const entry = isObject(entries) ? entries[found.key] : undefined;
  if (!isObject(entries) || !isObject(entry) || !isObject(entry["tokens"])) return "gone";
  const { refresh_token: _, ...tokens } = entry["tokens"];
  // Its generation says to others that read it before that it is another one.
  const marks = { __mcporter_generation: randomUUID(), [FED]: true };
  const written = withValue(text, ["entries", found.key, "tokens"], { ...tokens, ...marks });
  const mode = Number(lstatSync(file, { bigint: true }).mode & 0o777n);
  replaceFile(file, Buffer.from(written));
  if (mode !== 0o600) chmodSync(file, mode);
  return "taken";
}

/** Whether the file has a refresh token of it just now, or cannot be told without its lock. */
function isThere(file: string, name: string): boolean {
  try {
    const whole = parseSource(readSource(file).toString(), file);
    return accountIn(whole, file, name)?.account.tokens?.refreshToken !== undefined;
  } catch {
    // Where mcporter may not replace its file, it writes it in place.
    return true;
  }
}

function accountIn(
  whole: Parameters<typeof accountsIn>[0],
  file: string,
  name: string,
): { readonly key: string; readonly account: Account } | undefined {
  return [...accountsIn(whole, file)].find(
    ({ account }) => name === account.name || name.endsWith(`/${account.name}`),
  );
}
