import { StrongroomError } from "@strongroom/client/protocol";
import type { EnvFile } from "../references/env-file.ts";
import { isReference, parseReference, SCHEME } from "../references/reference.ts";
import type { Reference } from "../references/reference.ts";

/** What a variable of the program is to be: this text, or what a reference stands for. */
export type Variable =
  | { readonly text: string }
  | { readonly reference: Reference; readonly where: string };

/** The variables by their names; what is put in later counts. */
export type Variables = Map<string, Variable>;

/** What our own programs show who they are by: no program that is run gets it from here. */
const CREDENTIALS = [
  "STRONGROOM_API_KEY",
  "STRONGROOM_API_KEY_FILE",
  "STRONGROOM_PASSPHRASE_FILE",
] as const;

/** With `--clean-env` these alone are left of what is there. */
const KEPT = /^(?:HOME|USER|LOGNAME|SHELL|PATH|TERM|COLORTERM|LANG|LC_[A-Z]+|TZ|TMPDIR|NO_COLOR)$/u;

/** The variables that are there, without our credentials. */
export function ambientVariables(env: NodeJS.ProcessEnv, isClean: boolean): Variables {
  const variables: Variables = new Map();
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined || CREDENTIALS.some((each) => each === name)) continue;
    if (isClean && !KEPT.test(name)) continue;
    variables.set(name, variableOf(value, name));
  }
  return variables;
}

/** Puts in what a file says; it must not choose whose rights our own programs use. */
export function addFile(variables: Variables, { path, variables: lines }: EnvFile): void {
  for (const [name, value] of lines) {
    if (CREDENTIALS.some((each) => each === name)) {
      throw new StrongroomError("INVALID", `${path} sets ${name}, which no file may`, {
        hint: `take it out of ${path}`,
      });
    }
    variables.set(name, variableOf(value, `${path}, ${name}`));
  }
}

/** `NAME=REFERENCE`, as `--env` and `--as-file` take it; a reference may come without its scheme. */
export function assignment(text: string, option: string): readonly [string, Variable] {
  const [, name, rest = ""] = /^([A-Za-z_][A-Za-z0-9_]*)=(.+)$/su.exec(text) ?? [];
  if (name === undefined) {
    throw new StrongroomError("INVALID", `${option} takes NAME=strongroom://SECRET`, {
      hint: `strongroom run ${option} TOKEN=strongroom://github/token -- PROGRAM`,
    });
  }
  const where = `${option} ${name}`;
  return [
    name,
    { reference: parseReference(isReference(rest) ? rest : SCHEME + rest, where), where },
  ];
}

function variableOf(value: string, where: string): Variable {
  return isReference(value) ? { reference: parseReference(value, where), where } : { text: value };
}
