import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import { changesBetween } from "./changes.ts";
import type { Change } from "./changes.ts";
import { isLocked } from "./failures.ts";
import { holdingsOf, unknownHoldings } from "./holdings.ts";
import type { Holdings } from "./holdings.ts";
import { Inventories } from "./inventory.ts";
import type { Inventory } from "./inventory.ts";
import { Shared } from "./shared.ts";
import { veiled } from "./veil.ts";

type Tell = (changes: readonly Change[], holdings: Holdings) => void;

/**
 * What the vault holds for the service. Every look asks the vault, so that it sees all that was
 * acknowledged before, by whomever. What is new at a look is told, each change once.
 */
export class View {
  readonly #inventories: Inventories;
  readonly #bus: string;
  readonly #tell: Tell;
  readonly #looks = new Shared(() => this.#look());
  #inventory: Inventory | undefined;
  #holdings: Holdings = unknownHoldings();

  constructor(client: Client, bus: string, tell: Tell) {
    this.#inventories = new Inventories(client);
    this.#bus = bus;
    this.#tell = tell;
  }

  /** What there is. Throws `LOCKED` and whatever else the vault says. */
  look(): Promise<Holdings> {
    return this.#looks.take();
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

  async #look(): Promise<Holdings> {
    try {
      const inventory = await this.#inventories.take();
      if (inventory === this.#inventory) return this.#holdings;
      this.#inventory = inventory;
      return this.#adopt(holdingsOf(inventory.entries.values(), this.#bus));
    } catch (error) {
      if (isLockedError(error)) {
        this.#inventories.forget();
        this.#inventory = undefined;
        this.#adopt(veiled(this.#holdings));
      }
      throw error;
    }
  }

  #adopt(holdings: Holdings): Holdings {
    const before = this.#holdings;
    this.#holdings = holdings;
    const changes = changesBetween(before, holdings);
    if (changes.length > 0) this.#tell(changes, holdings);
    return holdings;
  }
}

function isLockedError(error: unknown): boolean {
  return error instanceof StrongroomError && error.code === "LOCKED";
}
