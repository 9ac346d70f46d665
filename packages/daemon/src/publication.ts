import { keySocketOf } from "@strongroom/client/protocol";
import type { Ownership } from "./guard/ownership.ts";
import type { PipeSecret } from "./guard/pipe-secret.ts";
import { Watch } from "./guard/watch.ts";

/** What a publication is made of. */
export interface PublicationParts {
  readonly ownership: Ownership;
  /** The epoch that is written to now, for the record. */
  readonly epoch: () => string | null;
  /** Throws when this process is no longer the one that may write. */
  readonly mayWrite: () => void;
  /** Called once, with the reason, when `mayWrite` threw. */
  readonly lost: (reason: unknown) => void;
  /** Called when something could not be published; it is tried again at the next look. */
  readonly unpublished: (error: unknown) => void;
  /** Milliseconds between two looks. */
  readonly watchMs: number;
}

/** What clients find a daemon by, its socket and its record, and the watch that keeps them up. */
export class Publication {
  readonly #parts: PublicationParts;
  readonly #watch: Watch;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
    const { epoch, lost, mayWrite, ownership, unpublished, watchMs } = parts;
    const published = [
      { isOurs: () => ownership.endpoint.isOurs(), publish: () => this.anew() },
      { isOurs: () => this.#hasKeyDoor(), publish: () => ownership.keyEndpoint.publish() },
      ...(ownership.pipeSecret === undefined ? [] : [bound(ownership.pipeSecret)]),
      { isOurs: () => ownership.isRecorded(epoch()), publish: () => this.#record() },
      {
        isOurs: () => ownership.sharedEndpoint.isOurs(),
        publish: () => ownership.sharedEndpoint.publish(),
      },
    ];
    this.#watch = new Watch({ mayWrite, published, lost, unpublished }, watchMs);
  }

  /** Looks at once. */
  look(): void {
    void this.#watch.look();
  }

  /** Writes the record anew: the epoch is another. */
  record(): void {
    this.#record().catch((error: unknown) => this.#parts.unpublished(error));
  }

  /** Publishes sockets and record anew, in that order: the record names the owner's socket. */
  async anew(): Promise<void> {
    await this.#parts.ownership.endpoint.publish();
    if (process.platform !== "win32") await this.#parts.ownership.keyEndpoint.publish();
    await this.#parts.ownership.publishRecord();
    await this.#parts.ownership.sharedEndpoint.publish().catch(this.#parts.unpublished);
  }

  /** Takes the sockets away; resolves when whoever had connected before that is accepted. */
  async withdraw(): Promise<void> {
    await this.#withdraw();
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  }

  /** Ends the watch and takes the sockets away. */
  async end(): Promise<void> {
    await this.#watch.stop();
    await this.#withdraw();
  }

  async #withdraw(): Promise<void> {
    const { endpoint, keyEndpoint, sharedEndpoint } = this.#parts.ownership;
    await endpoint.withdraw();
    await keyEndpoint.withdraw();
    await sharedEndpoint.withdraw();
  }

  #hasKeyDoor(): boolean {
    const { endpoint, keyEndpoint } = this.#parts.ownership;
    if (process.platform === "win32") return true;
    return keyEndpoint.isOurs() && keyEndpoint.path === keySocketOf(endpoint.path);
  }

  #record(): Promise<void> {
    return this.#parts.ownership.publishRecord(this.#parts.epoch());
  }
}

function bound(published: PipeSecret): ConstructorParameters<typeof Watch>[0]["published"][number] {
  return { isOurs: () => published.isOurs(), publish: () => published.publish() };
}
