import { compilePattern, StrongroomError } from "@strongroom/client/protocol";
import type { Params, SecretValue } from "@strongroom/client/protocol";
import type { Caller } from "../command.ts";
import { fieldOf } from "./field.ts";
import { formatReference } from "./reference.ts";
import type { Reference } from "./reference.ts";
import { readTogether } from "./together.ts";

/** A reference, and where it stands, for who has to mend it. */
export interface Wanted {
  readonly reference: Reference;
  readonly where: string;
}

/** What a read is made under, and which names it may ask for at all. */
export interface Terms extends Pick<Params<"vault/read">, "approvals" | "recipe"> {
  /** Patterns of which a name must fit one; none = all may be asked for. */
  readonly allow?: readonly string[];
}

/**
 * The values of references, in their order, as all of them were at one moment. Nothing is asked for
 * when one is not allowed; the first that is missing is `NOT_FOUND`, and none is given then. `BUSY`
 * when they change too fast.
 */
export async function resolve(
  caller: Caller,
  wanted: readonly Wanted[],
  terms: Terms = {},
): Promise<Buffer[]> {
  demandAllowed(wanted, terms.allow ?? []);
  const asked = new Map(wanted.map(({ reference }) => [idOf(reference), reference]));
  const { approvals, recipe } = terms;
  const under = { ...(approvals && { approvals }), ...(recipe && { recipe }) };
  const found = await readTogether([...asked.keys()], async (ids) => {
    const some = ids.flatMap((id) => asked.get(id) ?? []);
    const names = some.map(({ name }) => name);
    const versions = some.map(({ version = 0 }) => version);
    const isCurrent = versions.every((version) => version === 0);
    return await caller.call("vault/read", {
      names,
      ...(isCurrent ? {} : { versions }),
      ...under,
    });
  });
  return wanted.map((each) => valueOf(each, found.get(idOf(each.reference)) ?? undefined));
}

function idOf({ name, version = 0 }: Reference): string {
  return `${version}:${name}`;
}

function valueOf({ reference, where }: Wanted, secret: SecretValue | undefined): Buffer {
  const shown = `${where}: ${formatReference(reference)}`;
  if (secret === undefined) {
    throw new StrongroomError("NOT_FOUND", `${shown} is not there, or not for you to see`, {
      hint: "strongroom list shows the names",
    });
  }
  const value = Buffer.from(secret.value, secret.encoding);
  return reference.field === undefined
    ? value
    : fieldOf(value, reference.field, { name: reference.name, shown });
}

function demandAllowed(wanted: readonly Wanted[], allow: readonly string[]): void {
  if (allow.length === 0) return;
  const patterns = allow.map((pattern) => compilePattern(pattern));
  for (const { reference, where } of wanted) {
    if (patterns.some((matches) => matches(reference.name))) continue;
    throw new StrongroomError(
      "DENIED",
      `${where}: ${formatReference(reference)} is not among the names that --allow allows`,
      { hint: "allow it by a further --allow GLOB, or take the reference out" },
    );
  }
}
