import type { OAuthEntry } from "@strongroom/client/protocol";
import type { Ask } from "../flights/step.ts";
import type { OAuthRecord } from "../vault/oauth-record.ts";
import type { Credentials } from "./credentials.ts";
import { entryOf } from "./entry.ts";
import type { Obstacles } from "./provider.ts";

/** What is shown of credentials: `show` is given how, once it is known what stands in their way. */
export function seen<T>(
  credentials: Credentials,
  show: (entry: (record: OAuthRecord) => OAuthEntry) => T,
): Ask<T> {
  let obstacles: Obstacles | undefined;
  return (at) => {
    const found = obstacles;
    if (found === undefined) {
      const look = async (): Promise<void> => {
        obstacles = await credentials.obstacles();
      };
      return { wait: look() };
    }
    const entry = (record: OAuthRecord): OAuthEntry =>
      entryOf(record, at, credentials.standing(record, at, found));
    return { result: show(entry) };
  };
}
