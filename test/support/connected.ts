import { join } from "node:path";
import { connect } from "@strongroom/client";
import type { Client, ConnectOptions } from "@strongroom/client";
import { onTestFinished } from "vitest";
import { NODE, ROOT, Throwaway } from "./throwaway.ts";

/** The built daemon as the SDK starts it. */
export const DAEMON: { readonly command: string; readonly args: readonly string[] } = {
  command: NODE,
  args: [join(ROOT, "packages/daemon/bin/strongroomd.js")],
};

/** An empty home that is removed with its daemon when the test ends. */
export function throwaway(prefix?: string): Throwaway {
  const place = new Throwaway(prefix);
  onTestFinished(() => place.remove());
  return place;
}

/** A client of a home's daemon, which is started if none runs; closed when the test ends. */
export async function connected(place: Throwaway, options: ConnectOptions = {}): Promise<Client> {
  const client = await connect({ env: place.env, daemon: DAEMON, create: true, ...options });
  onTestFinished(() => client.close());
  return client;
}
