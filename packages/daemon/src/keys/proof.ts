import { createHash, randomBytes } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import { wrap } from "./age.ts";
import { recipientsOf } from "./slot.ts";
import type { Slot } from "./slot.ts";
import { passphraseIdentity, slotOf } from "./ways.ts";

/** How long a challenge may be answered, milliseconds, and how many are open at once. */
const CHALLENGE_MS = 60_000;
const CHALLENGES = 64;
/** So many may wait for their passphrase to be tried: each takes a second, and much memory. */
const WAITING = 4;

/** Finds out whether somebody has a slot of the vault, without giving them anything of it. */
export class SlotProof {
  readonly #slots: () => readonly Slot[];
  readonly #path: string;
  readonly #now: () => number;
  readonly #open = new Map<string, { readonly since: number; readonly recipients: string }>();
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `path`: where the slots are, for errors; `now`: running time in milliseconds. */
  constructor(slots: () => readonly Slot[], path: string, now: () => number) {
    this.#slots = slots;
    this.#path = path;
    this.#now = now;
  }

  /** The kinds of slots that there are. */
  get types(): readonly string[] {
    return [...new Set(this.#slots().map(({ type }) => type))].toSorted();
  }

  /** An age file for the recipient of every slot, in base64: what is in it is the answer, once. */
  async challenge(): Promise<string> {
    const answer = randomBytes(32).toString("base64url");
    const recipients = recipientsOf(this.#slots());
    const sealed = await wrap(Buffer.from(answer), recipients);
    const oldest = this.#open.keys().next().value;
    if (oldest !== undefined && this.#open.size >= CHALLENGES) this.#open.delete(oldest);
    this.#open.set(digest(answer), { since: this.#now(), recipients: recipients.join(" ") });
    return Buffer.from(sealed).toString("base64");
  }

  /** Throws `WRONG_KEY` for what is no answer to an open challenge. */
  answered(answer: string): void {
    const key = digest(answer.trim());
    const challenge = this.#open.get(key);
    this.#open.delete(key);
    const isFresh = challenge !== undefined && this.#now() - challenge.since <= CHALLENGE_MS;
    // It may be the answer of a slot that has gone since.
    if (!isFresh || challenge.recipients !== recipientsOf(this.#slots()).join(" ")) {
      throw new StrongroomError("WRONG_KEY", "that is no answer to a challenge of this minute", {
        hint: "ask for a challenge, and answer it with what a slot decrypts",
      });
    }
  }

  /** Rejects with `WRONG_KEY` for a passphrase of no slot, and with `BUSY` where many are tried. */
  async passphrase(text: string): Promise<void> {
    if (this.#waiting >= WAITING) {
      throw new StrongroomError("BUSY", "other passphrases are being tried", {
        retryAfterMs: 1000,
        hint: "try again in a second",
      });
    }
    this.#waiting += 1;
    const tried = this.#last.then(() => this.#try(Buffer.from(text)));
    this.#last = tried.catch(() => {});
    try {
      await tried;
    } finally {
      this.#waiting -= 1;
    }
  }

  /** Rejects with `WRONG_KEY` for an identity of no slot. */
  async identity(text: string): Promise<void> {
    await slotOf(text, this.#slots);
  }

  async #try(passphrase: Buffer): Promise<void> {
    let failure: unknown = new StrongroomError("WRONG_KEY", "no slot opens with a passphrase", {
      hint: "strongroom slot add passphrase",
    });
    for (const slot of this.#slots().filter(({ type }) => type === "passphrase")) {
      try {
        await passphraseIdentity(slot, passphrase, this.#path);
        // It may have gone in the second that this took.
        if (recipientsOf(this.#slots()).includes(slot.recipient ?? "")) return;
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}

function digest(answer: string): string {
  return createHash("sha256").update(answer).digest("hex");
}
