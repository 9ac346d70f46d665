import { StrongroomError } from "@strongroom/client/protocol";
import type { OAuthCredential, SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { listAll } from "../pages.ts";
import { fitting } from "./fit.ts";
import type { Found, Item } from "./found.ts";

/** What is done about a name that holds another value already. */
export type OnConflict = "fail" | "newer" | "replace" | "skip";

/** What becomes of one secret of a source. */
export interface Step {
  readonly item: Item;
  /** What it is called here. */
  readonly name: string;
  readonly action: "conflict" | "keep" | "new" | "replace" | "same";
  /** The version that stands here; 0 = none. */
  readonly version: number;
}

/** All that an import does. */
export interface Plan {
  readonly steps: readonly Step[];
  readonly credentials: readonly {
    readonly credential: OAuthCredential;
    readonly isThere: boolean;
  }[];
  readonly remarks: readonly string[];
}

type Asker = Pick<Caller, "call">;

/** Compares a source with the vault. Nothing is changed. */
export async function planOf(
  caller: Asker,
  found: Found,
  { onConflict, prefix }: { readonly onConflict: OnConflict; readonly prefix: string },
): Promise<Plan> {
  const { credentials: fit, items, remarks } = fitting(found, prefix);
  const standing = await valuesOf(caller, [...items.keys()]);
  const steps = [...items].map(([name, item]) =>
    stepOf(name, item, standing.get(name), onConflict),
  );
  const taken = new Set(fit.length === 0 ? [] : await allNames(caller));
  const credentials = fit.map((credential) => ({
    credential,
    isThere: taken.has(credential.name),
  }));
  return { steps, credentials, remarks };
}

function stepOf(
  name: string,
  item: Item,
  secret: SecretValue | undefined,
  onConflict: OnConflict,
): Step {
  if (secret === undefined) return { item, name, action: "new", version: 0 };
  const { encoding, updatedAt, value, version } = secret;
  if (Buffer.from(value, encoding).equals(item.value))
    return { item, name, action: "same", version };
  const isNewer = (item.updatedAt ?? 0) > updatedAt;
  const wins = onConflict === "replace" || (onConflict === "newer" && isNewer);
  const action = wins ? "replace" : onConflict === "fail" ? "conflict" : "keep";
  return { item, name, action, version };
}

async function allNames(caller: Asker): Promise<readonly string[]> {
  const { secrets } = await listAll(caller, { pattern: "**" });
  return secrets.map(({ name }) => name);
}

async function valuesOf(
  caller: Asker,
  names: readonly string[],
): Promise<Map<string, SecretValue>> {
  const found = new Map<string, SecretValue>();
  // One by one where they are large together: a reply has its limit.
  const some = 16;
  for (let at = 0; at < names.length; at += some) {
    const asked = names.slice(at, at + some);
    for (const secret of await read(caller, asked))
      if (secret !== null) found.set(secret.name, secret);
  }
  return found;
}

async function read(
  caller: Asker,
  names: readonly string[],
): Promise<readonly (SecretValue | null)[]> {
  try {
    return (await caller.call("vault/read", { names })).secrets;
  } catch (error) {
    const isTooMuch = error instanceof StrongroomError && error.code === "TOO_LARGE";
    if (!isTooMuch || names.length < 2) throw error;
    const half = Math.ceil(names.length / 2);
    return [
      ...(await read(caller, names.slice(0, half))),
      ...(await read(caller, names.slice(half))),
    ];
  }
}
