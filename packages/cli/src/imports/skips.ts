import { StrongroomError } from "@strongroom/client/protocol";
import type { Asked } from "./found.ts";

const SKIPPING = "strongroom import --skip-unreadable --from KIND PATH";

/**
 * The files of a folder, of which one that cannot be read stops all, with a hint that says how it is
 * left out, or is left out where that was said.
 */
export class Skips {
  /** Why each that was left out could not be read, a sentence each. */
  readonly leftOut: string[] = [];
  readonly #isSkipping: boolean;
  #wrong: StrongroomError | undefined;
  #opened = 0;

  constructor({ isSkipping }: Pick<Asked, "isSkipping">) {
    this.#isSkipping = isSkipping === true;
  }

  /** What is in a file that a key opens; nothing where it was left out. */
  async open<T>(work: () => Promise<T>): Promise<T | undefined> {
    return await this.take(async () => {
      const opened = await work();
      this.#opened += 1;
      return opened;
    });
  }

  /** What a file gives; nothing where it was left out. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.leave(error);
      return undefined;
    }
  }

  /** Leaves a file out for an error, or throws that, with the way on. */
  leave(error: unknown): void {
    if (!(error instanceof StrongroomError)) throw error;
    if (!this.#isSkipping) throw withWayOn(error);
    if (error.code === "WRONG_KEY") this.#wrong ??= error;
    this.leftOut.push(`${error.message}: it is left out`);
  }

  /** Throws `WRONG_KEY` where the key opened none at all: it is another one. */
  demandOpened(): void {
    if (this.#opened === 0 && this.#wrong !== undefined) throw this.#wrong;
  }
}

function withWayOn(error: StrongroomError): StrongroomError {
  const { cause, code, hint, message } = error;
  const way = code === "WRONG_KEY" ? `${hint}; to leave the file out: ${SKIPPING}` : SKIPPING;
  return new StrongroomError(code, message, { hint: way, cause });
}
