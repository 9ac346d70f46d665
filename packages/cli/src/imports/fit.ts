import { LIMITS, parseParams, shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { MethodName, OAuthCredential } from "@strongroom/client/protocol";
import type { Found, Item } from "./found.ts";
import { importName, nameBelow } from "./names.ts";

/** What of a source a vault takes. */
export interface Fit {
  /** By the names that they have here. */
  readonly items: ReadonlyMap<string, Item>;
  /** With the names that they have here. */
  readonly credentials: readonly OAuthCredential[];
  readonly remarks: readonly string[];
}

/** A remark is no longer than this for the sake of a name. */
const NAME_SHOWN = 60;

/**
 * Judges all that a source holds by the parsers of the daemon, before anything is stored: one thing
 * that it refuses would stop the import between the others. `prefix` is empty or ends in a slash.
 * More than a vault holds is `TOO_LARGE`. What is left out, or comes without what is known of it, is told by its name and the rule.
 */
export function fitting(found: Found, prefix: string): Fit {
  demandRoom(found);
  const remarks = [...found.remarks];
  const items = new Map<string, Item>();
  const credentials = new Map<string, OAuthCredential>();
  for (const item of found.items) {
    const name = nameFor(item.name, { prefix, remarks, taken: items });
    if (name === undefined) continue;
    if (item.value.length > LIMITS.valueBytes) {
      remarks.push(`${name} is larger than a value may be, and is left out`);
    } else items.set(name, withFitting(item, name, remarks));
  }
  for (const each of found.credentials) {
    const name = nameFor(each.name, { prefix, remarks, taken: credentials });
    if (name === undefined) continue;
    const why = refusalOf("oauth/put", { ...each, name });
    if (why === undefined) credentials.set(name, { ...each, name });
    else remarks.push(leftOut(name, why));
  }
  return { items, credentials: [...credentials.values()], remarks };
}

function demandRoom({ credentials, items }: Found): void {
  const count = items.length + credentials.length;
  if (count <= LIMITS.secrets) return;
  throw new StrongroomError(
    "TOO_LARGE",
    `the source holds ${count} secrets, and a vault at most ${LIMITS.secrets}`,
    { hint: "split what is in it, then: strongroom import --from KIND PATH" },
  );
}

function nameFor(
  given: string,
  {
    prefix,
    remarks,
    taken,
  }: {
    readonly prefix: string;
    readonly remarks: string[];
    readonly taken: ReadonlyMap<string, unknown>;
  },
): string | undefined {
  const name = nameBelow(prefix, given);
  if (name === undefined) {
    const shown = given.length > NAME_SHOWN ? `${given.slice(0, NAME_SHOWN)}…` : given;
    remarks.push(`${JSON.stringify(shown)} can be no name in a vault, and is left out`);
  } else if (taken.has(name)) remarks.push(`${name} is there twice; the first one counts`);
  else {
    if (importName(given) !== given) remarks.push(`a name was not fit for a vault, and is ${name}`);
    return name;
  }
  return undefined;
}

/** The secret is what is wanted of it: what a vault does not take beside it stays behind. */
function withFitting(item: Item, name: string, remarks: string[]): Item {
  if (item.metadata === undefined) return item;
  let metadata = {};
  for (const [member, value] of Object.entries(item.metadata)) {
    const more = { ...metadata, [member]: value };
    const why = refusalOf("secret/set", {
      name,
      value: "",
      metadata: { ...more, origin: "import" },
    });
    if (why === undefined) metadata = more;
    else remarks.push(`${name} comes without one thing that is known of it: ${why}`);
  }
  return { ...item, metadata };
}

function leftOut(name: string, why: string): string {
  return `${name} is left out, for ${why}; to sign in anew: strongroom oauth login ${shellWord(name)} URL`;
}

/** The rule that a request breaks, with the field and without its value. */
function refusalOf(method: MethodName, params: object): string | undefined {
  try {
    parseParams(method, params);
    return undefined;
  } catch (error) {
    if (error instanceof StrongroomError) return error.message;
    throw error;
  }
}
