import type { BatchOperation, Expect } from "@strongroom/client/protocol";
import { encodeValue } from "@strongroom/client";
import type { Caller } from "../command.ts";
import { Steps } from "../steps.ts";
import type { Action, Plan, Step } from "./step.ts";

/** So many changes go in one step, or so many bytes: a request has its limits. */
const MOST_OPERATIONS = 100;
const MOST_BYTES = 524_288;

/** How many secrets and credentials were stored. */
export interface Applied {
  secrets: number;
  credentials: number;
}

/**
 * Does what a plan says, each change only if the vault still is as it was planned. What is killed in
 * between is gone on with by the same command: what is stored is the same then. `done` counts what
 * was stored.
 */
export async function apply(
  caller: Pick<Caller, "change">,
  { credentials, steps }: Plan,
  done: Applied,
): Promise<void> {
  const todo = steps.filter(isDone);
  const missing = credentials.filter(isDone);
  const progress = new Steps("importing", todo.length + missing.length);
  let count = 0;
  for (const some of portions(todo)) {
    const operations = await Promise.all(some.map(operationOf));
    await caller.change("vault/batch", { operations });
    done.secrets += some.length;
    progress.reach((count += some.length));
  }
  for (const { credential, version } of missing) {
    await caller.change("oauth/put", { ...credential, expect: expectOf(version) });
    done.credentials += 1;
    progress.reach((count += 1));
  }
  progress.end();
}

function isDone({ action }: { readonly action: Action }): boolean {
  return action === "new" || action === "replace";
}

function expectOf(version: number): Expect {
  return version === 0 ? { absent: true } : { version };
}

function* portions(steps: readonly Step[]): Generator<readonly Step[]> {
  let some: Step[] = [];
  let bytes = 0;
  for (const step of steps) {
    const size = sizeOf(step.item);
    if (some.length > 0 && (some.length === MOST_OPERATIONS || bytes + size > MOST_BYTES)) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(step);
    bytes += size;
  }
  if (some.length > 0) yield some;
}

/** What is known of a secret counts twice: a tag takes three bytes, and JSON has a number of parts. */
function sizeOf({ metadata = {}, value }: Step["item"]): number {
  return value.length + 2 * Buffer.byteLength(JSON.stringify(metadata));
}

async function operationOf({ item, name, version }: Step): Promise<BatchOperation> {
  const { encoding, value } = encodeValue(item.value);
  const metadata = { ...item.metadata, origin: "import" as const };
  return {
    op: "set",
    name,
    value,
    ...(encoding === undefined ? {} : { encoding }),
    metadata,
    expect: expectOf(version),
  };
}
