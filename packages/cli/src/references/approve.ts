import { StrongroomError } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeNote } from "../output.ts";
import { canAsk, confirm } from "../prompt.ts";
import { shellWord } from "../shell-word.ts";
import { approvedOf } from "./env-file.ts";
import type { EnvFile } from "./env-file.ts";
import { isReference } from "./reference.ts";

const SHOWN = 20;

/**
 * Shows what a file asks for and asks its owner at the terminal; then it is approved as it is.
 * `DENIED` with nobody there: who cannot be asked has not approved anything.
 */
export async function askToApprove(caller: Caller, file: EnvFile): Promise<void> {
  const command = approvalCommand(file);
  if (!canAsk()) {
    throw new StrongroomError("DENIED", `${file.path} is not approved, and nobody can be asked`, {
      hint: `look at the file, then, at a terminal: ${command}`,
    });
  }
  writeNote(`strongroom: ${escapeLine(file.path)} asks for:`);
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

/** The command that approves a file. */
function approvalCommand({ path }: Pick<EnvFile, "path">): string {
  return `strongroom approval add ${shellWord(path)}`;
}

function linesOf({ variables }: EnvFile): string[] {
  const references = variables.filter(([, value]) => isReference(value));
  const lines = references.slice(0, SHOWN).map(([name, value]) => `${name} = ${value}`);
  if (references.length > SHOWN) lines.push(`and ${references.length - SHOWN} more references`);
  // What a variable such as PATH or NODE_OPTIONS is set to decides what a program does.
  const others = variables.filter(([, value]) => !isReference(value)).map(([name]) => name);
  if (others.length > 0)
    lines.push(
      `and sets ${others.slice(0, SHOWN).join(", ")}${others.length > SHOWN ? ", …" : ""}`,
    );
  return lines;
}
