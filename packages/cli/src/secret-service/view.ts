import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { SecretEntry } from "@strongroom/client/protocol";
import { changesBetween } from "./changes.ts";
import type { Change } from "./changes.ts";
import { isLocked } from "./failures.ts";
import { holdingsOf, unknownHoldings } from "./holdings.ts";
import type { Holdings } from "./holdings.ts";
import { PREFIX } from "./names.ts";
import { veiled } from "./veil.ts";

type Tell = (changes: readonly Change[], holdings: Holdings) => void;

/**
 * What the vault holds for the service. Every look asks the vault for its revision, so that it sees
 * all that was acknowledged before, by whomever; what is the same as before is not listed again.
 * What is new at a look is told, each change once.
 */
export class View {
  readonly #client: Client;
  readonly #bus: string;
  readonly #tell: Tell;
  #holdings: Holdings = unknownHoldings();

  constructor(client: Client, bus: string, tell: Tell) {
    this.#client = client;
    this.#bus = bus;
    this.#tell = tell;
  }

  /** What there is. Throws `LOCKED` and whatever else the vault says. */
  async look(): Promise<Holdings> {
    try {
      const { revision } = await this.#client.call("vault/read", { names: [] });
      const { endsAt, isLocked: was, revision: before } = this.#holdings;
      if (!was && before === revision && Date.now() < endsAt) return this.#holdings;
      return this.#adopt(await this.#listed());
    } catch (error) {
      if (isLockedError(error)) this.#adopt(veiled(this.#holdings));
      throw error;
    }
  }

  /** What there is, as far as that can be known while the vault is locked. */
  async lookAnyway(): Promise<Holdings> {
    try {
      return await this.look();
    } catch (error) {
      if (isLockedError(error)) return this.#holdings;
      throw error;
    }
  }

  /** As `lookAnyway`, but throws `IsLocked` where an empty answer would say that nothing is there. */
  async lookForSearch(): Promise<Holdings> {
    const holdings = await this.lookAnyway();
    if (!holdings.isKnown) throw isLocked();
    return holdings;
  }

  async #listed(): Promise<Holdings> {
    const entries: SecretEntry[] = [];
    const pattern = `${PREFIX}**`;
    let page = await this.#client.list({ pattern });
    // A change between two pages makes another revision, and so another look.
    const { revision } = page;
    entries.push(...page.secrets);
    while (page.cursor !== undefined) {
      page = await this.#client.list({ pattern, cursor: page.cursor });
      entries.push(...page.secrets);
    }
    return holdingsOf(entries, revision, this.#bus);
  }

  #adopt(holdings: Holdings): Holdings {
    const before = this.#holdings;
    // Of two looks at once the older one may come home last.
    if (!holdings.isLocked && !before.isLocked && holdings.revision < before.revision) {
      return holdings;
    }
    this.#holdings = holdings;
    const changes = changesBetween(before, holdings);
    if (changes.length > 0) this.#tell(changes, holdings);
    return holdings;
  }
}

function isLockedError(error: unknown): boolean {
  return error instanceof StrongroomError && error.code === "LOCKED";
}
