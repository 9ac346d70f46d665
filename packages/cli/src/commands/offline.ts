import { resolve } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { runDaemonProgram } from "../run-program.ts";

/** `repair`: works on the files themselves, under the vault's lock, with no daemon. */
export const repair: Command = {
  operands: "--to EMPTYDIR",
  arity: [0, 0],
  options: { to: { type: "string", value: "EMPTYDIR", help: "where the saved vault goes" } },
  examples: ["strongroom daemon stop", "strongroom repair --to /tmp/saved"],
  notes: ["Lists what could not be authenticated. The damaged vault is left as it is."],
  run({ values }) {
    return runDaemonProgram("repair", "--to", target("repair", values), ...asJson(values));
  },
};

/** `restore-backup`: makes a home of a backup; the vault that is in use is not touched. */
export const restoreBackup: Command = {
  operands: "FILE --to EMPTYDIR",
  arity: [1, 1],
  options: { to: { type: "string", value: "EMPTYDIR", help: "where the new vault goes" } },
  examples: ["strongroom restore-backup vault.age --to /tmp/restored"],
  run({ positionals: [file = ""], values }) {
    const to = target("restore-backup", values);
    return runDaemonProgram("restore-backup", resolve(file), "--to", to, ...asJson(values));
  },
};

function asJson({ json }: Given["values"]): string[] {
  return json === true ? ["--json"] : [];
}

function target(verb: string, values: Given["values"]): string {
  const to = values["to"];
  if (typeof to === "string" && to !== "") return resolve(to);
  throw new StrongroomError("INVALID", `${verb}: --to says which empty folder to write to`, {
    hint: `strongroom help ${verb}`,
  });
}
