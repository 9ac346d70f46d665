import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { readAbout } from "./about.ts";
import { PREFIX, SESSION } from "./names.ts";

/**
 * Forgets what the collection of the session holds of other buses than this: their sessions are
 * over. A locked vault is left as it is, and shows none of it.
 */
export async function clearSessions(client: Client, bus: string): Promise<void> {
  const usual = { label: "", attributes: new Map<string, string>(), created: 0, aliases: [] };
  try {
    const pattern = `${PREFIX}${SESSION}/**`;
    for await (const { metadata, name } of client.entries({ pattern, all: true })) {
      if (readAbout(metadata.note, usual).bus !== bus) await client.purge(name);
    }
  } catch (error) {
    if (!(error instanceof StrongroomError)) throw error;
  }
}
