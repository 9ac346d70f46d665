import { LIMITS, parseParams, StrongroomError } from "@strongroom/client/protocol";
import type { OAuthServer, Params } from "@strongroom/client/protocol";
import type { Caller, Turn } from "../../turn/turn.ts";
import type { SignedIn } from "./ground.ts";
import { justGiven } from "../../vault/presented.ts";
import { Logins } from "./logins.ts";
import type { Login, LoginsParts } from "./logins.ts";
import { discover } from "./discovery.ts";
import { serverOf } from "./ground.ts";
import { loginFailure, unable } from "./refusal.ts";

/** What a sign-in came to. */
export interface SignedInAs {
  readonly name: string;
  readonly generation: number;
  readonly issuer: string;
  readonly scopes: readonly string[];
  readonly subject?: string;
}

/** Who signs in at authorization servers for the owner of a vault. */
export interface LoginService {
  /** Begins a sign-in, or joins the one of that name; throws as `Logins` does. */
  begin(
    params: Params<"oauth/login">,
    caller: Caller,
  ): Login<SignedInAs> & { readonly joined: boolean };
  /** The end of a sign-in, for somebody who waits; `NOT_FOUND` when there is none. */
  wait(flight: string): { readonly done: Promise<SignedInAs>; readonly leave: () => void };
  /** What stands at a URL; rejects as signing in there would. */
  discover(url: string): Promise<OAuthServer>;
  /** Ends all of them. */
  close(): void;
}

const NEVER = new AbortController().signal;

/** Signs in, and has the turn store what came of it in one step, in the name of who began. */
export function loginService(parts: LoginsParts, turn: () => Pick<Turn, "execute">): LoginService {
  const logins = new Logins<SignedInAs>(parts);
  const closing = new AbortController();
  return {
    begin: ({ account, flow = "loopback", force, name, ...asked }, caller) => {
      // As it is now: a connection may become another's, and who began goes on being who began.
      const { actor, key, provedAt, session, who = { actor } } = caller;
      const by: Caller = { actor, key, provedAt, session, who, signal: NEVER };
      const store = async (signedIn: SignedIn): Promise<SignedInAs> => {
        const params = credentialOf(signedIn, {
          name,
          ...(account === undefined ? {} : { account }),
          ...(force === undefined ? {} : { force }),
        });
        const { generation } = await turn().execute("oauth/put", justGiven(params), by);
        const { registration, scopes, subject } = params;
        const { issuer } = registration;
        return { name, generation, issuer, scopes, ...(subject === undefined ? {} : { subject }) };
      };
      return logins.begin(name, { ...asked, flow }, store, { account, force });
    },
    wait: (flight) => logins.wait(flight),
    discover: async (url) => {
      try {
        return serverOf(await discover(parts.http, url, closing.signal));
      } catch (error) {
        throw loginFailure(error, "finding the server");
      }
    },
    close: () => {
      closing.abort();
      logins.close();
    },
  };
}

/** What is stored of a sign-in; `INVALID` when the server gives what is not to be kept. */
function credentialOf(
  { granted, registration, scopes }: SignedIn,
  named: Pick<Params<"oauth/put">, "account" | "force" | "name">,
): Params<"oauth/put"> {
  const { accessToken, expiresIn, refreshToken, subject, tokenType } = granted;
  const life = Math.min(Math.floor(expiresIn ?? 0), LIMITS.oauthLifeSeconds);
  try {
    return parseParams("oauth/put", {
      ...named,
      registration,
      scopes,
      ...(subject === undefined ? {} : { subject }),
      tokens: {
        accessToken,
        tokenType,
        ...(expiresIn === undefined ? {} : { expiresIn: life }),
        ...(refreshToken === undefined ? {} : { refreshToken }),
      },
    });
  } catch (error) {
    const why = error instanceof StrongroomError ? error.message : "it is odd";
    throw unable(`what the server gives cannot be kept: ${why}`, "try another client or server");
  }
}
