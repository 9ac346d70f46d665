import type { Client } from "@strongroom/client";
import { compilePattern, StrongroomError } from "@strongroom/client/protocol";
import type { OAuthEntry } from "@strongroom/client/protocol";
import { isHeldLock, untilFree } from "../imports/mcporter-lock.ts";
import { settle } from "./account-file.ts";
import type { Standing } from "./account-file.ts";
import { fetchToken } from "./account-token.ts";
import { Alarm } from "./alarm.ts";

/** That a credential is adopted is no event: while one is not, it is looked at after so long. */
const SHARED_MS = 60_000;
/** A full disk, a daemon that is not there. */
const AGAIN_MS = 5000;

/** What feeding a file takes. */
export interface Feeding {
  readonly client: Client;
  /** mcporter's file, no link. */
  readonly file: string;
  readonly pattern: string;
  /** Ends it, by rejecting with its reason. */
  readonly signal: AbortSignal;
  /** Told once, when the file has a fresh token of each that is named. */
  readonly ready: (names: readonly string[]) => void;
  /** Told what keeps a credential from being fed, each time that this is another. */
  readonly remark: (name: string, why: Standing | "shared" | StrongroomError) => void;
  /** Told what is tried again, each time that this is another. */
  readonly trouble: (error: StrongroomError) => void;
}

/**
 * Keeps the access tokens of adopted credentials fresh in mcporter's file: at once, ahead of their
 * end, and behind each change. Resolves when the vault is locked.
 */
export async function feedFile(feeding: Feeding): Promise<void> {
  const { client, pattern, signal } = feeding;
  const alarm = new Alarm();
  const { revision } = await client.list({ limit: 1 }, { signal });
  const ended = new AbortController();
  const either = AbortSignal.any([signal, ended.signal]);
  const listening = listen(client, pattern, { alarm, since: revision, signal: either });
  try {
    await Promise.race([listening, feedOn({ ...feeding, signal: either }, alarm)]);
  } finally {
    ended.abort();
    await listening.catch(() => {});
  }
}

async function listen(
  client: Client,
  pattern: string,
  { alarm, ...options }: { alarm: Alarm; since: number; signal: AbortSignal },
): Promise<void> {
  for await (const _ of client.watch(pattern, options)) alarm.ring();
}

async function feedOn(feeding: Feeding, alarm: Alarm): Promise<never> {
  const told = new Map<string, string>();
  let trouble = "";
  for (let isFirst = true; ;) {
    let due: number;
    try {
      const { fed, next } = await round(feeding, told);
      if (isFirst) feeding.ready(fed);
      isFirst = false;
      trouble = "";
      due = next;
    } catch (error) {
      if (!(error instanceof StrongroomError) || !error.retryable) throw error;
      if (error.message !== trouble) feeding.trouble(error);
      trouble = error.message;
      const isLocked = isHeldLock(error, feeding.file);
      // Nobody asks the vault meanwhile, which may lock itself then.
      if (isLocked) await untilFree(feeding.file, feeding.signal);
      due = Date.now() + (isLocked ? 0 : AGAIN_MS);
    }
    await alarm.until(due, feeding.signal);
  }
}

/** Asks the vault outside of the lock: it may wait for a server. */
async function round(
  { client, file, pattern, remark, signal }: Feeding,
  told: Map<string, string>,
): Promise<{ readonly fed: readonly string[]; readonly next: number }> {
  const matches = compilePattern(pattern);
  const { credentials: all } = await client.call("oauth/list", {}, { signal });
  const named = all.filter(({ name }) => matches(name));
  const credentials = named.filter(({ state }) => state !== "shared");
  const standings = await settle(file, { credentials, tokens: new Map() }, signal);
  const ours = credentials.filter(({ name }) => standings.get(name) === "ours");
  const fetched = await Promise.all(ours.map((each) => fetchToken(client, each, signal)));
  const tokens = new Map(
    fetched.flatMap(({ access, name }) => (access === undefined ? [] : [[name, access]])),
  );
  const after = await settle(file, { credentials, tokens }, signal);
  const shared = await sharedIn(file, named, signal);
  const failures = new Map(fetched.map(({ failure, name }) => [name, failure]));
  const fed: string[] = [];
  for (const { name, state } of named) {
    const why =
      state === "shared"
        ? (shared.get(name) ?? state)
        : (failures.get(name) ?? after.get(name) ?? "absent");
    const word = typeof why === "string" ? why : why.message;
    if (why === "ours") fed.push(name);
    else if (told.get(name) !== word) remark(name, why);
    told.set(name, word);
  }
  return { fed, next: Math.min(nextOf(named), ...fetched.map(({ due }) => due)) };
}

/** The shared ones that cannot be adopted from this file: it is not where they came from. */
async function sharedIn(
  file: string,
  named: readonly OAuthEntry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Standing>> {
  const credentials = named.filter(({ state }) => state === "shared");
  if (credentials.length === 0) return new Map();
  const standings = await settle(file, { credentials, tokens: new Map() }, signal);
  return new Map([...standings].filter(([, each]) => each === "absent" || each === "other"));
}

function nextOf(named: readonly OAuthEntry[]): number {
  return named.some(({ state }) => state === "shared") ? Date.now() + SHARED_MS : Infinity;
}
