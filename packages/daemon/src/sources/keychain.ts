import { singleFile, StrongroomError } from "@strongroom/client/protocol";

/** Milliseconds that the keychain may take: it may ask its owner something. */
const DEADLINE_MS = 5000;
const SERVICE = "strongroom";
const PACKAGE = "@napi-rs/keyring";

/**
 * Where there is no Secret Service the package would keep a password in the kernel, which forgets it
 * when the machine stops: a way in that is none.
 */
const LASTING = { linux: { store: "secret-service" } } as const;

/** What is used of that package (2.1). */
interface Keyring {
  readonly AsyncEntry: new (
    service: string,
    account: string,
    options: typeof LASTING,
  ) => {
    getPassword(signal?: AbortSignal): Promise<string | null | undefined>;
    setPassword(password: string, signal?: AbortSignal): Promise<void>;
    deletePassword(signal?: AbortSignal): Promise<boolean>;
  };
}

/** How the package is loaded; tests have another. */
export type LoadKeyring = () => Promise<unknown>;

/** The keychain of the system, for one vault. Every call rejects with `UNAVAILABLE` and a mend. */
export class Keychain {
  readonly #load: LoadKeyring;
  readonly #deadlineMs: number;

  constructor(load: LoadKeyring = () => import(PACKAGE), deadlineMs: number = DEADLINE_MS) {
    this.#load = load;
    this.#deadlineMs = deadlineMs;
  }

  /** The identity kept for an account. */
  async read(account: string): Promise<string> {
    const text = await this.#ask(account, (entry, signal) => entry.getPassword(signal));
    if (typeof text === "string" && text !== "") return text.trim();
    throw unavailable("the keychain holds nothing for this vault", "strongroom slot list");
  }

  /** Keeps an identity for an account. */
  async write(account: string, identity: string): Promise<void> {
    await this.#ask(account, (entry, signal) => entry.setPassword(identity, signal));
  }

  /** Forgets what is kept for an account. */
  async forget(account: string): Promise<void> {
    await this.#ask(account, (entry, signal) => entry.deletePassword(signal));
  }

  async #ask<T>(
    account: string,
    work: (entry: InstanceType<Keyring["AsyncEntry"]>, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { AsyncEntry } = await this.#keyring();
    const signal = AbortSignal.timeout(this.#deadlineMs);
    const late = new Promise<never>((_resolve, reject) => {
      signal.addEventListener("abort", () => {
        const seconds = this.#deadlineMs / 1000;
        reject(unavailable(`the keychain did not answer within ${seconds} s`, UNLOCK_IT));
      });
    });
    try {
      return await Promise.race([work(new AsyncEntry(SERVICE, account, LASTING), signal), late]);
    } catch (cause) {
      if (cause instanceof StrongroomError) throw cause;
      throw unavailable("the keychain of this system does not answer", UNLOCK_IT, cause);
    }
  }

  async #keyring(): Promise<Keyring> {
    try {
      const loaded = await this.#load();
      if (isKeyring(loaded)) return loaded;
    } catch (cause) {
      if (singleFile() !== undefined) {
        throw unavailable("a single file has no way to the keychain", INSTALL_ALL, cause);
      }
      throw unavailable(`the package ${PACKAGE} is not installed`, INSTALL, cause);
    }
    throw unavailable(`the package ${PACKAGE} is not the one that is known here`, INSTALL);
  }
}

const UNLOCK_IT = "unlock the keychain of your session, then: strongroom daemon restart";
const INSTALL = `npm install ${PACKAGE}@2.1.2 beside strongroom, then: strongroom daemon restart`;
const INSTALL_ALL = `npm install --global strongroom ${PACKAGE}@2.1.2, then: strongroom daemon restart`;

function isKeyring(loaded: unknown): loaded is Keyring {
  return (
    typeof loaded === "object" &&
    loaded !== null &&
    "AsyncEntry" in loaded &&
    typeof loaded.AsyncEntry === "function" &&
    // Versions without it know nothing of where an entry may be kept.
    "LinuxStore" in loaded
  );
}

function unavailable(what: string, hint: string, cause?: unknown): StrongroomError {
  return new StrongroomError("UNAVAILABLE", what, {
    hint,
    ...(cause === undefined ? {} : { cause }),
  });
}
