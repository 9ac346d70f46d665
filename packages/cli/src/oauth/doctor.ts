import { shellWord } from "@strongroom/client/protocol";
import type { OAuthEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeData, writeJson } from "../output.ts";
import { nameOf } from "./part.ts";

const PROBLEMS_FOUND = 15;

/** `oauth doctor [NAME]`: why a credential gives no token, in one sentence; 15 where one does not. */
export async function doctor(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  const found =
    name === ""
      ? (await caller.call("oauth/list", {})).credentials
      : [await caller.call("oauth/show", { name })];
  if (values["json"] === true) writeJson({ credentials: found });
  else for (const each of found) writeData(`${lineOf(each)}\n`);
  return found.some(({ state }) => state !== "ok") ? PROBLEMS_FOUND : 0;
}

function lineOf(entry: OAuthEntry): string {
  const { hint, issuer, name, nextAttemptAt, state, why } = entry;
  const said = why === undefined ? state : `${state}: ${why}`;
  const next = NEXT[state]?.replace("URL", shellWord(issuer)) ?? hint;
  const attempt =
    nextAttemptAt === undefined
      ? undefined
      : `nothing is tried before ${new Date(nextAttemptAt).toISOString()}`;
  const parts = [said, attempt, next].filter((part) => part !== undefined);
  return `${escapeLine(name)}: ${parts.map(escapeLine).join("; ")}`;
}

const NEXT: { readonly [state in OAuthEntry["state"]]?: string } = {
  ending: "sign in again before it ends: strongroom oauth login NAME URL --force",
  reauthorize: "sign in again: strongroom oauth login NAME URL --force",
  shared: "strongroom oauth adopt NAME --source-is-retired",
};
