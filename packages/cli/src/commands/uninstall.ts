import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { stop } from "../daemon-control.ts";
import { writeJson, writeNote } from "../output.ts";
import { runtimeFolder, sweep } from "../run/secret-files.ts";

/** `uninstall`: ends what runs and takes away what it left; the secrets only when that is said. */
export const uninstall: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    secrets: { type: "boolean", help: "the vault, its keys and backups, too; for ever" },
    yes: { type: "boolean", help: "without asking" },
  },
  examples: ["strongroom uninstall", "strongroom uninstall --secrets"],
  notes: [
    "Stops the daemon, and removes its logs, sockets and files of killed runs. The vault, its key and",
    "its backups stay unless --secrets is given: then nothing opens them any more. The program itself",
    "is removed by npm.",
  ],
  async run(input) {
    const { values } = input;
    const home = resolveHome(process.env);
    const all = [home.log, home.run, home.vault, home.config, home.state, home.backups];
    const wanted = values["secrets"] === true ? all : [home.log, home.run];
    const folders = wanted.filter((folder) => existsSync(folder));
    if (values["secrets"] === true && values["yes"] !== true) {
      const { confirm } = await import("../prompt.ts");
      const question = `All secrets in ${home.vault} are lost for ever, with key and backups.`;
      await confirm(question, "strongroom uninstall --secrets --yes");
    }
    await stop({ ...input, values: { ...values, json: false } });
    sweep(runtimeFolder(process.env));
    for (const folder of folders) removeFolder(folder, home.state);
    if (values["json"] === true) writeJson({ removed: folders });
    else {
      for (const folder of folders) writeNote(`strongroom: removed ${folder}`);
      writeNote("strongroom: the program itself: npm uninstall --global strongroom");
    }
    return 0;
  },
};

// By env-paths the log's folder holds the state, which says what the vault was last.
function removeFolder(folder: string, state: string): void {
  if (!state.startsWith(`${folder}/`)) return rmSync(folder, { recursive: true, force: true });
  for (const name of ["strongroomd.log", "start.log"]) rmSync(join(folder, name), { force: true });
}
