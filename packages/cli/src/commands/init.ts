import { resolveHome } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { writeData, writeJson } from "../output.ts";
import { announceVault, openClient } from "../open.ts";

/** `init`: creates the vault; says so when there was one already. */
export const init: Command = {
  operands: "",
  arity: [0, 0],
  options: {},
  examples: ["strongroom init"],
  async run({ values }) {
    const client = await openClient({ values }, { create: true });
    try {
      // Waits until the vault is open, and says why when it cannot be.
      const { revision } = await client.read([]);
      const { vault: folder } = resolveHome(process.env);
      const { vault } = await client.status();
      const { created } = client;
      announceVault(client);
      if (values["json"] === true) writeJson({ created, vault, folder, revision });
      else if (!created) writeData(`the vault in ${folder} is there already\n`);
    } finally {
      client.close();
    }
    return 0;
  },
};
