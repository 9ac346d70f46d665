import { z } from "npm:zod@4";
import { problemOf, vault as plain } from "./index.ts";
import type { VaultType } from "./index.ts";

/** What swamp loads: the vault, with a schema of swamp's own Zod, as its loader demands. */
export const vault: VaultType = {
  ...plain,
  configSchema: z.record(z.string(), z.unknown()).superRefine((config, context) => {
    const message = problemOf(config);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
};
