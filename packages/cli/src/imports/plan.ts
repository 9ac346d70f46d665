import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { isCredential, listAll } from "../pages.ts";
import { credentialStep } from "./credential-step.ts";
import type { Taken } from "./credential-step.ts";
import { fitting } from "./fit.ts";
import type { Found, Item } from "./found.ts";
import { contested, heldBy } from "./step.ts";
import type { OnConflict, Plan, Step } from "./step.ts";

type Asker = Pick<Caller, "call">;

/** What a vault has of a name; `credential`: an OAuth credential, which is not read. */
type Standing = SecretValue | "credential" | null;

/** Compares a source with the vault. Nothing is changed. */
export async function planOf(
  caller: Asker,
  found: Found,
  { onConflict, prefix }: { readonly onConflict: OnConflict; readonly prefix: string },
): Promise<Plan> {
  const { credentials, items, remarks } = fitting(found, prefix);
  const steps = await stepsOf(caller, [...items], onConflict);
  if (credentials.length === 0) return { steps, credentials: [], remarks };
  const taken = await takenIn(caller);
  return {
    steps,
    credentials: credentials.map((each) => credentialStep(each, taken, onConflict)),
    remarks,
  };
}

function stepOf(name: string, item: Item, stands: Standing, onConflict: OnConflict): Step {
  if (stands === null) return { item, name, action: "new", version: 0 };
  if (stands === "credential") {
    return { item, name, action: heldBy(onConflict), version: 0, obstacle: "credential" };
  }
  const { encoding, updatedAt, value, version } = stands;
  if (Buffer.from(value, encoding).equals(item.value)) {
    return { item, name, action: "same", version };
  }
  const isNewer = (item.updatedAt ?? 0) > updatedAt;
  return { item, name, action: contested(onConflict, isNewer), version };
}

async function takenIn(caller: Asker): Promise<Taken> {
  const { credentials } = await caller.call("oauth/list", {});
  const { renewers } = await caller.call("renewer/list", {});
  // Credentials are listed, too: one that was stored meanwhile is met when ours is put.
  const { secrets } = await listAll(caller, { pattern: "**" });
  return {
    credentials: new Map(credentials.map((each) => [each.name, each])),
    renewed: new Set(renewers.map(({ name }) => name)),
    secrets: new Set(secrets.flatMap((each) => (isCredential(each) ? [] : each.name))),
  };
}

async function stepsOf(
  caller: Asker,
  items: readonly (readonly [name: string, item: Item])[],
  onConflict: OnConflict,
): Promise<readonly Step[]> {
  const steps: Step[] = [];
  // What stands is let go of before more is asked for: it may be a whole vault.
  for (let at = 0; at < items.length; at += LIMITS.readNames) {
    const some = items.slice(at, at + LIMITS.readNames);
    const names = some.map(([name]) => name);
    const standing = await read(caller, names);
    for (const [index, [name, item]] of some.entries()) {
      steps.push(stepOf(name, item, standing[index] ?? null, onConflict));
    }
  }
  return steps;
}

/** In the order of the names; by fewer where they are large together, for a reply has its limit. */
async function read(caller: Asker, names: readonly string[]): Promise<readonly Standing[]> {
  try {
    return (await caller.call("vault/read", { names })).secrets;
  } catch (error) {
    const code = error instanceof StrongroomError ? error.code : "";
    // It is said of all of them that one is an OAuth credential.
    if (code === "INVALID" && names.length === 1) return ["credential"];
    if ((code !== "TOO_LARGE" && code !== "INVALID") || names.length < 2) throw error;
    const half = Math.ceil(names.length / 2);
    return [
      ...(await read(caller, names.slice(0, half))),
      ...(await read(caller, names.slice(half))),
    ];
  }
}
