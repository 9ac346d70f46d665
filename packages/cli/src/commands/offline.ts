import { resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { isPassphraseGiven, PASSPHRASE_OPTIONS, readPassphrase } from "../passphrase.ts";
import { runLongProgram } from "../run-program.ts";

const WHAT = "saving what can be read";

/** `repair`: works on the files themselves, under the vault's lock, with no daemon. */
export const repair: Command = {
  operands: "--to EMPTYDIR",
  arity: [0, 0],
  options: {
    identity: { type: "string", value: "FILE", help: "open it by the key of a slot; - reads it" },
    ...PASSPHRASE_OPTIONS,
    to: { type: "string", value: "EMPTYDIR", help: "where the saved vault goes" },
  },
  examples: ["strongroom daemon stop", "strongroom repair --to /tmp/saved"],
  notes: ["Lists what could not be authenticated. The damaged vault is left as it is."],
  async run({ values }) {
    const args = ["repair", "--to", target("repair", values), ...asJson(values)];
    const { identity: from } = values;
    if (typeof from === "string") {
      const { readIdentity } = await import("../recovery/read.ts");
      const key = await readIdentity(from, "strongroom repair --to EMPTYDIR --identity FILE");
      // Through a pipe: arguments and variables can be read by others.
      return await runLongProgram(WHAT, [...args, "--identity", "-"], `${key}\n`);
    }
    if (!isPassphraseGiven(values)) return await runLongProgram(WHAT, args);
    const command = "strongroom repair --to EMPTYDIR --passphrase-file FILE";
    const passphrase = await readPassphrase(values, { fresh: false, command });
    return await runLongProgram(WHAT, [...args, "--passphrase", "-"], passphrase);
  },
};

/** `--json` for the daemon's program, where it was given. */
export function asJson({ json }: Given["values"]): string[] {
  return json === true ? ["--json"] : [];
}

/** Where a verb writes to; `INVALID` without it. */
export function target(verb: string, values: Given["values"]): string {
  const to = values["to"];
  if (typeof to === "string" && to !== "") return resolve(to);
  throw new StrongroomError("INVALID", `${verb}: --to says which empty folder to write to`, {
    hint: `strongroom help ${verb}`,
  });
}
