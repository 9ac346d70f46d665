import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthServer } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";

/** The servers of a source that its owner has named to be asked, by their URLs. */
export interface NamedServers {
  /** What a server says of itself; nothing where it was not named. */
  readonly server: (url: string) => Promise<OAuthServer | undefined>;
  /** Throws `INVALID` where one was named that the source does not know. */
  readonly demandKnown: () => void;
}

type Asker = Pick<Caller, "call">;

/** Has the vault ask those servers, each once, and no other. */
export function namedServers(caller: Asker, given: readonly string[]): NamedServers {
  const named = new Map(given.map((url): [string, string] => [whole(url), url]));
  const asked = new Map<string, Promise<OAuthServer>>();
  return {
    server: async (url) => {
      const href = whole(url);
      if (!named.has(href)) return undefined;
      const found = asked.get(href) ?? discovered(caller, url);
      asked.set(href, found);
      return await found;
    },
    demandKnown: () => {
      const unknown = [...named].find(([href]) => !asked.has(href));
      if (unknown === undefined) return;
      throw new StrongroomError(
        "INVALID",
        `no account of the file needs ${unknown[1]} to be asked`,
        { hint: "strongroom import --from mcporter --dry-run says which URLs there are" },
      );
    },
  };
}

async function discovered(caller: Asker, url: string): Promise<OAuthServer> {
  const { revision: _, ...server } = await caller.call("oauth/discover", { url });
  return server;
}

function whole(url: string): string {
  return URL.canParse(url) ? new URL(url).href : url;
}
