import { randomUUID } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Http } from "../http.ts";
import type { Provider } from "../provider.ts";
import { attempt } from "./attempt.ts";
import type { LoginAsked, LoginShown } from "./attempt.ts";
import type { Pause } from "./device.ts";
import type { SignedIn } from "./ground.ts";
import { abandoned, loginFailure } from "./refusal.ts";

/** What the logins of a vault are made with. */
export interface LoginsParts {
  readonly http: Http;
  readonly provider: Pick<Provider, "revoke">;
  readonly pause: Pause;
}

/** A sign-in that whoever asks for it shares. */
export interface Login<T> {
  readonly id: string;
  /** What a person is shown; rejects when it never comes to that. */
  readonly shown: Promise<LoginShown>;
  /** What was stored in the end. */
  readonly done: Promise<T>;
}

interface Open<T> extends Login<T> {
  readonly asked: string;
  readonly abort: AbortController;
  waiters: number;
}

/** Milliseconds that a sign-in goes on without anybody who waits for it, and that its end is known. */
const ALONE_MS = 10_000;
const KNOWN_MS = 60_000;
const REVOKE_MS = 10_000;
/** Each has a port and a page; more than these nobody can look at. */
const MOST = 32;

/**
 * The sign-ins that are under way, at most one for a name: whoever asks for the same shares its
 * page and its end. It ends in one commit of identity and tokens, or in none.
 */
export class Logins<T> {
  readonly #parts: LoginsParts;
  readonly #byName = new Map<string, Open<T>>();
  readonly #byId = new Map<string, Open<T>>();
  #isClosed = false;

  constructor(parts: LoginsParts) {
    this.#parts = parts;
  }

  /**
   * Begins a sign-in, or joins the one of that name. `commit` stores what came of it, with what is
   * `kept` besides; what it refuses is given back to the server. Throws `CONFLICT` when another one of that name is under
   * way, `BUSY` when there are too many, `CLOSING` at the end.
   */
  begin(
    name: string,
    asked: LoginAsked,
    commit: (signedIn: SignedIn) => Promise<T>,
    kept: object = {},
  ): Login<T> & { readonly joined: boolean } {
    if (this.#isClosed) throw closing();
    const text = JSON.stringify([asked, kept]);
    const open = this.#byName.get(name);
    if (open !== undefined) {
      if (open.asked !== text) throw otherUnderWay();
      return { id: open.id, shown: open.shown, done: open.done, joined: true };
    }
    if (this.#byName.size >= MOST) throw tooMany();
    const { id, done, shown } = this.#opened(name, text, asked, commit);
    return { id, done, shown, joined: false };
  }

  /**
   * The end of a sign-in, for somebody who waits: the last who leaves before it ends it. Throws
   * `NOT_FOUND` when it is over for long.
   */
  wait(id: string): { readonly done: Promise<T>; leave(): void } {
    const login = this.#byId.get(id);
    if (login === undefined) throw unknown();
    login.waiters += 1;
    let isHere = true;
    return {
      done: login.done,
      leave: () => {
        if (!isHere) return;
        isHere = false;
        login.waiters -= 1;
        if (login.waiters === 0) login.abort.abort();
      },
    };
  }

  /** Ends all of them, and takes up no more. */
  close(): void {
    this.#isClosed = true;
    for (const { abort } of this.#byId.values()) abort.abort();
  }

  #opened(
    name: string,
    text: string,
    asked: LoginAsked,
    commit: (signedIn: SignedIn) => Promise<T>,
  ): Open<T> {
    const abort = new AbortController();
    let show: (shown: LoginShown) => void = nothing;
    let hide: (error: unknown) => void = nothing;
    const shown = new Promise<LoginShown>((resolve, reject) => {
      show = resolve;
      hide = reject;
    });
    const done = this.#run(asked, abort.signal, show, commit);
    const login: Open<T> = { id: randomUUID(), asked: text, abort, shown, done, waiters: 0 };
    this.#byName.set(name, login);
    this.#byId.set(login.id, login);
    done.catch(hide);
    // It may be that nobody waits for either.
    shown.catch(() => undefined);
    void done
      .catch(() => undefined)
      .finally(() => {
        this.#byName.delete(name);
        setTimeout(() => this.#byId.delete(login.id), KNOWN_MS).unref();
      });
    void shown.then(() => this.#mind(login)).catch(() => undefined);
    return login;
  }

  async #run(
    asked: LoginAsked,
    signal: AbortSignal,
    shown: (shown: LoginShown) => void,
    commit: (signedIn: SignedIn) => Promise<T>,
  ): Promise<T> {
    const { http, pause } = this.#parts;
    let signedIn: SignedIn;
    try {
      signedIn = await attempt(asked, { http, pause, signal, shown });
    } catch (error) {
      if (this.#isClosed) throw closing();
      throw signal.aborted ? abandoned() : loginFailure(error, "signing in");
    }
    try {
      return await commit(signedIn);
    } catch (error) {
      await this.#giveBack(signedIn);
      throw error;
    }
  }

  /** Nobody has the tokens then: the server need not keep the grant. */
  async #giveBack({ granted, registration }: SignedIn): Promise<void> {
    const { refreshToken } = granted;
    if (refreshToken === undefined) return;
    const signal = AbortSignal.timeout(REVOKE_MS);
    await this.#parts.provider.revoke(registration, refreshToken, signal);
  }

  /** A page that nobody waits for is not left open. */
  #mind(login: Open<T>): void {
    setTimeout(() => {
      if (login.waiters === 0) login.abort.abort();
    }, ALONE_MS).unref();
  }
}

function nothing(): void {}

function closing(): StrongroomError {
  return new StrongroomError("CLOSING", "the daemon is stopping, and with it the sign-in", {
    hint: "sign in again: strongroom oauth login NAME URL",
  });
}

function otherUnderWay(): StrongroomError {
  return new StrongroomError("CONFLICT", "another sign-in of that name is under way", {
    hint: "finish it, or end it where it was begun",
  });
}

function tooMany(): StrongroomError {
  return new StrongroomError("BUSY", `there are ${MOST} sign-ins under way`, {
    hint: "finish some of them first",
  });
}

function unknown(): StrongroomError {
  return new StrongroomError("NOT_FOUND", "there is no such sign-in any more", {
    hint: "strongroom oauth list says whether it came to something",
  });
}
