import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { isCredential, listAll } from "../pages.ts";
import { formatReference } from "../references/reference.ts";
import { variableName } from "../references/variable-name.ts";
import { isDeciding } from "../references/deciding.ts";
import type { Variables } from "./variables.ts";

/**
 * Puts in a variable for each secret below a prefix: `db/prod` makes `DB_URL` of `db/prod/db-url`.
 * One that decides what programs do is `DENIED` unless it is among the `named`, which are not made.
 */
export async function addPrefix(
  caller: Caller,
  prefix: string,
  { into, named }: { readonly into: Variables; readonly named: (variable: string) => boolean },
): Promise<void> {
  const below = prefix.endsWith("/") ? prefix : `${prefix}/`;
  if (/[*?[\]{}]/u.test(prefix)) throw wrong("--prefix takes the beginning of names, no pattern");
  const made = new Map<string, string>();
  const { secrets } = await listAll(caller, { pattern: `${below}**` });
  for (const { name } of secrets.filter((each) => !isCredential(each))) {
    const variable = variableName(name.slice(below.length));
    const other = made.get(variable);
    if (other !== undefined) throw wrong(`--prefix makes ${variable} of both ${other} and ${name}`);
    made.set(variable, name);
    if (named(variable)) continue;
    if (isDeciding(variable)) throw decides(variable, name);
    into.set(variable, { reference: { name }, where: `--prefix ${prefix}` });
  }
  if (made.size > 0) return;
  throw new StrongroomError("NOT_FOUND", `--prefix ${prefix}: no secret begins so`, {
    hint: "strongroom list shows the names",
  });
}

function decides(variable: string, name: string): StrongroomError {
  const reference = shellWord(formatReference({ name }));
  return new StrongroomError(
    "DENIED",
    `--prefix makes ${variable} of ${name}, which decides what programs do`,
    {
      hint: `store it under another name, or if it is meant: strongroom run --env ${variable}=${reference} -- PROGRAM`,
    },
  );
}

function wrong(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, {
    hint: "name them one by one: strongroom run --env NAME=strongroom://SECRET -- PROGRAM",
  });
}
