import type { Caller } from "../command.ts";
import { resolveApproved } from "../references/approved.ts";
import { readEnvFile } from "../references/env-file.ts";
import type { EnvFile } from "../references/env-file.ts";
import { demandOwnReading } from "../references/own-reading.ts";
import type { Wanted } from "../references/resolve.ts";
import { variableText } from "../references/variable-text.ts";
import type { RunOptions } from "./options.ts";
import { addPrefix } from "./prefix.ts";
import { addFile, ambientVariables } from "./variables.ts";
import type { Variables } from "./variables.ts";

const AS_FILE =
  "hand it over as a file: strongroom run --as-file NAME=strongroom://SECRET -- PROGRAM";

/** What a program is started with: texts for its environment, contents for its files. */
export interface Provision {
  readonly environment: ReadonlyMap<string, string>;
  /** By the variables that name the files. */
  readonly files: ReadonlyMap<string, Buffer>;
  /** All values in it. */
  readonly values: readonly Buffer[];
  /** The names of the secrets in it. */
  readonly names: ReadonlySet<string>;
}

/**
 * Reads all that the program is to have, or nothing. `asks`: whether a file that is not approved is
 * asked for at the terminal, which no program must be using then.
 */
export async function provide(
  caller: Caller,
  options: RunOptions,
  asks = true,
): Promise<Provision> {
  if (options.envFiles.length > 0) demandOwnReading();
  const variables = ambientVariables(process.env, options.isClean);
  const files = options.envFiles.map(readEnvFile);
  for (const file of files) addFile(variables, file);
  const named = (variable: string): boolean =>
    options.env.has(variable) || options.files.has(variable);
  for (const prefix of options.prefixes)
    await addPrefix(caller, prefix, { into: variables, named });
  for (const [name, variable] of options.env) variables.set(name, variable);
  for (const name of options.files.keys()) variables.delete(name);
  return await filled(caller, options, { asks, files, variables });
}

interface Gathered {
  readonly asks: boolean;
  readonly files: readonly EnvFile[];
  readonly variables: Variables;
}

async function filled(
  caller: Caller,
  options: RunOptions,
  { asks, files, variables }: Gathered,
): Promise<Provision> {
  const wanted: (Wanted & { readonly name: string; readonly isFile: boolean })[] = [];
  const environment = new Map<string, string>();
  for (const [name, variable] of variables) {
    if ("text" in variable) environment.set(name, variable.text);
    else wanted.push({ ...variable, name, isFile: false });
  }
  for (const [name, variable] of options.files) {
    if ("reference" in variable) wanted.push({ ...variable, name, isFile: true });
  }
  const values = await resolveApproved(caller, wanted, files, { allow: options.allow, asks });
  const contents = new Map<string, Buffer>();
  for (const [index, { isFile, name, where }] of wanted.entries()) {
    const value = values[index] ?? Buffer.alloc(0);
    if (isFile) contents.set(name, value);
    else environment.set(name, variableText(value, { where, hint: AS_FILE }));
  }
  const names = new Set(wanted.map(({ reference }) => reference.name));
  return { environment, files: contents, values, names };
}
