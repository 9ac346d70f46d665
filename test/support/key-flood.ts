import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Throwaway } from "./throwaway.ts";

/** What a flood of requests with one key met. */
export interface Flood {
  /** When each request that succeeded was begun, by the clock of this process. */
  readonly begun: readonly number[];
  /** How often each code was met. */
  readonly codes: ReadonlyMap<string, number>;
}

/** A client that acts with a key. */
export function withKey(place: Throwaway, token: string): Promise<Client> {
  return connect({ env: { ...place.env, STRONGROOM_API_KEY: token }, autostart: false });
}

/** Requests that are asked after `at` has ended, at least. */
const BEHIND = 512;

/**
 * Asks so many times or more, over some connections with many requests in flight on each; `at` is
 * called when so many have succeeded, and the flood goes on until it has ended, and a little longer.
 */
export async function flood(
  clients: readonly Client[],
  total: number,
  ask: (client: Client, n: number) => Promise<unknown>,
  until: { readonly successes: number; readonly at: () => Promise<void> },
): Promise<Flood> {
  const begun: number[] = [];
  const codes = new Map<string, number>();
  let asked = 0;
  let least = total;
  const lane = async (client: Client): Promise<void> => {
    while (asked < least) {
      const n = asked++;
      const start = performance.now();
      try {
        await ask(client, n);
        begun.push(start);
        if (begun.length === until.successes) {
          least = Infinity;
          void until.at().finally(() => {
            least = Math.max(total, asked + BEHIND);
          });
        }
      } catch (error) {
        const code = error instanceof StrongroomError ? error.code : "INTERNAL";
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }
    }
  };
  const lanes = clients.flatMap((client) => Array.from({ length: 64 }, () => lane(client)));
  await Promise.all(lanes);
  return { begun, codes };
}
