import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { labelsOf, rowOf } from "../audit/row.ts";
import type { Look } from "./figures.ts";

/** So many records of the audit are shown. */
const RECORDS = 8;

/** Looks at a daemon, each with what has changed since the one before. */
export class Looks {
  readonly #client: Client;
  #before: { readonly at: number; readonly revision: number } | undefined;

  constructor(client: Client) {
    this.#client = client;
  }

  async next(): Promise<Look> {
    const status = await this.#client.status({ detail: true });
    // A key is told the state, and nothing that could be shown.
    if (!("pid" in status)) throw ownersAlone();
    const at = performance.now();
    const before = this.#before;
    this.#before = { at, revision: status.revision };
    const perSecond =
      before === undefined
        ? undefined
        : (1000 * (status.revision - before.revision)) / Math.max(1, at - before.at);
    return { status, audit: await this.#audit(), perSecond };
  }

  /** None where the vault is locked, or who looks is not its owner. */
  async #audit(): Promise<Look["audit"]> {
    try {
      const { last } = await this.#client.call("audit/list", {
        after: Number.MAX_SAFE_INTEGER,
        limit: 1,
      });
      const after = Math.max(0, last - RECORDS);
      const { entries } = await this.#client.call("audit/list", { after, limit: RECORDS });
      const labels = await labelsOf(this.#client);
      return entries.map((entry) => rowOf(entry, labels));
    } catch (error) {
      if (error instanceof StrongroomError) return [];
      throw error;
    }
  }
}

function ownersAlone(): StrongroomError {
  return new StrongroomError("DENIED", "how the daemon is, is its owner's to see", {
    hint: "unset STRONGROOM_API_KEY STRONGROOM_API_KEY_FILE; strongroom top",
  });
}
