import { closeSync, fsyncSync, openSync, readFileSync, unlinkSync, writeFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { writeData, writeJson } from "../output.ts";

/** `backup`: encrypted to the same key as the vault, so keep the key file elsewhere too. */
export const backup: Command = {
  operands: "[FILE]",
  arity: [0, 1],
  options: {},
  examples: ["strongroom backup", "strongroom backup /media/stick/vault.age"],
  notes: ["Make a vault of it with: strongroom restore-backup FILE --to EMPTYDIR"],
  async run({ positionals: [target], values, caller }) {
    const { file: written, revision } = await caller.call("vault/backup", {});
    if (target !== undefined) copy(written, target);
    const file = target ?? written;
    if (values["json"] === true) writeJson({ file, revision });
    else writeData(`${file}\n`);
    return 0;
  },
};

/** A copy, 0600, on disk when this returns; never over something that is there. */
function copy(from: string, to: string): void {
  let file: number;
  try {
    file = openSync(to, "wx", 0o600);
  } catch (error) {
    throw explain(error, to, from);
  }
  try {
    writeFileSync(file, readFileSync(from));
    fsyncSync(file);
  } catch (error) {
    unlinkSync(to);
    throw explain(error, to, from);
  } finally {
    closeSync(file);
  }
}

function explain(error: unknown, to: string, from: string): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  const hint = `the backup itself is in ${from}`;
  if (code === "EEXIST")
    return new StrongroomError("ALREADY_EXISTS", `${to} is there already`, { hint });
  const full = code === "ENOSPC" || code === "EDQUOT";
  const word = full ? "DISK_FULL" : code === "EROFS" ? "READ_ONLY" : "INVALID";
  return new StrongroomError(word, `cannot write ${to}: ${code}`, { hint });
}
