import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Approved } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeNote } from "../output.ts";
import { canAsk, confirm } from "../prompt.ts";
import { isDeciding } from "./deciding.ts";
import { approvedOf } from "./env-file.ts";
import type { EnvFile } from "./env-file.ts";
import { isReference, parseReference } from "./reference.ts";

/** More variables than somebody can look through. */
const MOST_SHOWN = 200;

/**
 * Shows what a file asks for and asks its owner at the terminal; then it is approved as it is.
 * `DENIED` with nobody there: who cannot be asked has not approved anything.
 */
export async function askToApprove(caller: Caller, file: EnvFile): Promise<void> {
  const command = approvalCommand(file);
  if (!canAsk()) {
    throw new StrongroomError("DENIED", `${file.path} is not approved, and nobody can be asked`, {
      hint: `look at the file, then, at a terminal: ${command}; or anywhere: ${byHash(file)}`,
    });
  }
  if (file.variables.length > MOST_SHOWN) {
    throw new StrongroomError("DENIED", `${file.path} asks for more than can be shown here`, {
      hint: `look at the file, then approve it as it is: ${byHash(file)}`,
    });
  }
  const link = file.target === undefined ? "" : ` (a link to ${file.target})`;
  writeNote(`strongroom: ${escapeLine(`${file.path}${link}`)} asks for:`);
  for (const line of linesOf(file)) writeNote(`  ${escapeLine(line)}`);
  await confirm("May programs that are run with this file have these?", command);
  await caller.change("approval/add", approvedOf(file));
}

/** Whether it is up to who sits here: who shows a key is not the owner. */
export function mayAsk(error: unknown): boolean {
  const isDenied = error instanceof StrongroomError && error.code === "DENIED";
  const { STRONGROOM_API_KEY: key, STRONGROOM_API_KEY_FILE: file } = process.env;
  return isDenied && key === undefined && file === undefined;
}

/** The command that approves a file as it is, with nobody asked. */
function byHash(file: Approved): string {
  return `${approvalCommand(file)} --sha256 ${file.sha256}`;
}

/** The command that approves a file. */
function approvalCommand({ path }: Pick<EnvFile, "path">): string {
  return `strongroom approval add ${shellWord(path)}`;
}

/** All of it, each reference as it is read: what is not shown has not been approved. */
function linesOf({ variables }: EnvFile): string[] {
  const references = variables.filter(([, value]) => isReference(value));
  const others = variables.filter(([, value]) => !isReference(value));
  const deciding = others.filter(([name]) => isDeciding(name));
  const plain = others.filter(([name]) => !isDeciding(name)).map(([name]) => name);
  return [
    ...references.map(([name, value]) => `${name} = ${shownReference(value)}`),
    ...deciding.map(([name, value]) => `${name} is set to ${value}, which decides what is run`),
    ...(plain.length === 0 ? [] : [`and sets ${plain.join(", ")}`]),
  ];
}

function shownReference(text: string): string {
  const { field, name, version } = parseReference(text, "what stands there");
  return `${name}${field === undefined ? "" : `, its ${field}`}${version === undefined ? "" : `, version ${version}`}`;
}
