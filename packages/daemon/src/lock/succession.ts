import type { Socket } from "node:net";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Home } from "@strongroom/client/protocol";
import { NodeDisk } from "../storage/node-disk.ts";
import { acknowledge, untilGone } from "./acknowledge.ts";
import type { Errand } from "./errand.ts";
import { Marker } from "./marker.ts";

/** What the process that follows on a lock has to do before and after it is the daemon. */
export class Succession {
  readonly #errand: Errand;
  readonly #isLocked: boolean;

  private constructor(errand: Errand, isLocked: boolean) {
    this.#errand = errand;
    this.#isLocked = isLocked;
  }

  /** Resolves when the process that knew the secrets is gone. */
  static async begin(errand: Errand, home: Home): Promise<Succession> {
    await untilGone(errand.pid);
    return new Succession(
      errand,
      (await new Marker(new NodeDisk(), home.state).read()) !== undefined,
    );
  }

  /** Answers the one who asked; `adopt` goes on with the connection. */
  async end(adopt: ((socket: Socket) => void) | undefined): Promise<void> {
    const { asker } = this.#errand;
    if (asker === undefined) return;
    const refusal = this.#isLocked
      ? undefined
      : new StrongroomError("UNAVAILABLE", "the marker of the lock was taken away", {
          hint: "see how the vault is, and lock it again: strongroom status; strongroom lock",
        });
    await acknowledge(asker, refusal, adopt);
  }
}
