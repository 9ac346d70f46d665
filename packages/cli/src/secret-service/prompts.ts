import { setTimeout as sleep } from "node:timers/promises";
import type { Variant } from "../dbus/variant.ts";
import { noSuchObject } from "./failures.ts";
import { Owned } from "./owned.ts";
import { ROOT } from "./paths.ts";

const LEAST_MS = 100;

/** What a prompt does when it is asked to, and what it completes with when it is not done. */
export interface Prompt {
  /** Resolves with the result, or with undefined when nobody here can do it. */
  readonly act: () => Promise<Variant | undefined>;
  readonly dismissed: Variant;
}

/** Says to one program that a prompt of theirs is over. */
export type Complete = (owner: string, path: string, dismissed: boolean, result: Variant) => void;

/** The prompts that programs were given. Each is for that program alone, and good once. */
export class Prompts {
  readonly #complete: Complete;
  readonly #prompts = new Owned<Prompt>(`${ROOT}/prompt/p`);

  constructor(complete: Complete) {
    this.#complete = complete;
  }

  add(owner: string, prompt: Prompt): string {
    return this.#prompts.add(owner, prompt);
  }

  /** Has it done; what it comes to is told by `Completed`. */
  act(owner: string, path: string): void {
    void this.#act(owner, path, this.#taken(owner, path));
  }

  dismiss(owner: string, path: string): void {
    this.#complete(owner, path, true, this.#taken(owner, path).dismissed);
  }

  /** Ends all that one had. */
  forget(owner: string): void {
    this.#prompts.forget(owner);
  }

  async #act(owner: string, path: string, { act, dismissed }: Prompt): Promise<void> {
    // Some programs begin to listen for its end only when it has begun.
    const [result] = await Promise.all([act().catch(() => {}), sleep(LEAST_MS)]);
    this.#complete(owner, path, result === undefined, result ?? dismissed);
  }

  #taken(owner: string, path: string): Prompt {
    const prompt = this.#prompts.get(owner, path);
    if (prompt === undefined) throw noSuchObject();
    this.#prompts.remove(owner, path);
    return prompt;
  }
}
