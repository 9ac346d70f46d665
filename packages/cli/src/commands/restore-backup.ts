import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { readRecoveryKey } from "../recovery/identity.ts";
import { runDaemonProgram } from "../run-program.ts";
import { readAll } from "../value-input.ts";
import { asJson, target } from "./offline.ts";

const STDIN = "-";

/** `restore-backup`: makes a home of a backup; the vault that is in use is not touched. */
export const restoreBackup: Command = {
  operands: "FILE --to EMPTYDIR",
  arity: [1, 1],
  options: {
    identity: { type: "string", value: "FILE", help: "the recovery key or its words; - asks" },
    to: { type: "string", value: "EMPTYDIR", help: "where the new vault goes" },
  },
  examples: [
    "strongroom restore-backup vault.age --to /tmp/restored",
    "strongroom restore-backup vault.age --to /tmp/restored --identity recovery.txt",
  ],
  notes: [
    "Without --identity the key file of STRONGROOM_HOME opens the backup. The new vault has a key",
    "file of its own, opens with the recovery key as before, and says that it was made of a",
    "backup until: strongroom recovery confirm",
  ],
  async run({ positionals: [file = ""], values }) {
    const args = [
      "restore-backup",
      resolve(file),
      "--to",
      target("restore-backup", values),
      ...asJson(values),
    ];
    const { identity: from } = values;
    if (typeof from !== "string") return await runDaemonProgram(args);
    // Through a pipe: arguments, variables and temporary files can be read by others.
    const key = await readRecoveryKey(await readKey(from));
    return await runDaemonProgram([...args, "--identity", STDIN], `${key}\n`);
  },
};

async function readKey(from: string): Promise<string> {
  if (from === STDIN && process.stdin.isTTY) {
    const { askHidden } = await import("../prompt.ts");
    const command = "strongroom restore-backup FILE --to EMPTYDIR --identity FILE";
    return (await askHidden("Recovery key, or its 24 words (not shown): ", command)).toString();
  }
  try {
    return from === STDIN ? String(await readAll(process.stdin)) : readFileSync(from, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError("INVALID", `--identity cannot be read: ${code}`, {
      hint: "give it the path of a file that you may read, or - for standard input",
    });
  }
}
