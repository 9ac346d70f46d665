import { StrongroomError } from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";
import type { FlightHandler } from "../turn/handler.ts";
import { credentialOf, taken } from "../vault/judge-oauth.ts";

type Names = Parameters<typeof credentialOf>[0];
type Shown = Omit<Result<"oauth/login">, "flight" | "joined" | "name" | "revision">;

/** `oauth/login`: answered when there is something to be shown. */
export const oauthLogin: FlightHandler<"oauth/login"> = {
  kind: "flight",
  begin: ({ view }, params, { caller, logins }) => {
    const { name } = params;
    let begun: ReturnType<typeof logins.begin> | undefined;
    let shown: Shown | undefined;
    return () => {
      if (begun === undefined) {
        if (isTaken(view, name) && params.force !== true) throw alreadyThere();
        begun = logins.begin(params, caller);
      }
      const { id, joined } = begun;
      const { revision } = view.counters;
      if (shown !== undefined) return { result: { name, flight: id, joined, ...shown, revision } };
      return {
        wait: begun.shown.then((page) => void (shown = page)),
      };
    };
  },
};

/** Whether there is a credential of that name; `ALREADY_EXISTS` where it is a secret's. */
function isTaken(names: Names, name: string): boolean {
  try {
    credentialOf(names, name);
    return true;
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "NOT_FOUND") return false;
    throw error instanceof StrongroomError && error.code === "INVALID" ? taken(name) : error;
  }
}

function alreadyThere(): StrongroomError {
  return new StrongroomError("ALREADY_EXISTS", "there is an OAuth credential of that name", {
    hint: "to replace it: strongroom oauth login NAME URL --force",
  });
}
