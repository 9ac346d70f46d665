import { LIMITS } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { writeNote } from "../output.ts";
import { isCredential, listAll } from "../pages.ts";
import { Steps } from "../steps.ts";

/** The values of all names of a pattern; says how many OAuth credentials there are besides. */
export async function collect(caller: Caller, pattern: string): Promise<SecretValue[]> {
  if (!pattern.includes("*")) return [await readOne(caller, pattern)];
  const { secrets } = await listAll(caller, { pattern });
  const credentials = secrets.filter(isCredential).length;
  if (credentials > 0) {
    writeNote(`strongroom: ${credentials} OAuth credentials are left out: strongroom oauth list`);
  }
  const names = secrets.filter((each) => !isCredential(each)).map(({ name }) => name);
  const steps = new Steps("reading", names.length);
  const found: SecretValue[] = [];
  for (let at = 0; at < names.length;) {
    const some = names.slice(at, at + LIMITS.readNames);
    const read = await readSome(caller, some);
    found.push(...read);
    at += some.length;
    steps.reach(at);
  }
  steps.end();
  return found;
}

async function readOne(caller: Caller, name: string): Promise<SecretValue> {
  const { revision: _, ...secret } = await caller.call("secret/get", { name });
  return secret;
}

/** Values that do not fit in one reply come in two. */
async function readSome(caller: Caller, names: readonly string[]): Promise<SecretValue[]> {
  try {
    const { secrets } = await caller.call("vault/read", { names });
    return secrets.filter((secret) => secret !== null);
  } catch (error) {
    const isTooMuch = error instanceof Error && "code" in error && error.code === "TOO_LARGE";
    if (!isTooMuch || names.length < 2) throw error;
    const half = Math.ceil(names.length / 2);
    const first = await readSome(caller, names.slice(0, half));
    return [...first, ...(await readSome(caller, names.slice(half)))];
  }
}
