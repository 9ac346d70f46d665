import { isAbsolute } from "node:path";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Caller, Input } from "../command.ts";
import { isCredential } from "../pages.ts";
import { Refusal } from "../refusal.ts";

/** A variable that names a path; one that is empty names none. `INVALID` for one that is relative. */
export function given(env: NodeJS.ProcessEnv, name: string): string | undefined {
  const value = env[name] ?? "";
  if (value === "") return undefined;
  if (isAbsolute(value)) return value;
  throw new StrongroomError("INVALID", `${name} is no absolute path`, {
    hint: `give ${name} an absolute path, then repeat the command`,
  });
}

/** Helpers whose tool gives them no arguments cannot be told which vault it is. */
export function demandNoVault(values: Input["values"], tool: string): void {
  if (values["vault"] === undefined) return;
  throw new Refusal(
    "UNSUPPORTED",
    `${tool} cannot tell its helper which vault it is`,
    `strongroom connect ${tool}`,
  );
}

/**
 * Whether it is an OAuth credential that is under a name. `NOT_FOUND` where nothing is, nor a
 * renewer makes something: a typing error would show much later.
 */
export async function demandSecret(
  { caller }: Pick<Input, "caller">,
  name: string,
  hint: string,
): Promise<boolean> {
  const { secrets } = await caller.call("secret/list", { pattern: name, limit: 1 });
  const [found] = secrets;
  if (found !== undefined) return isCredential(found);
  if (await isRenewed(caller, name)) return false;
  throw new StrongroomError("NOT_FOUND", `nothing is stored under ${JSON.stringify(name)}`, {
    hint,
  });
}

/** Whether a renewer makes it when it is asked for; only the owner is told. */
async function isRenewed(caller: Caller, pattern: string): Promise<boolean> {
  try {
    return (await caller.call("renewer/list", { pattern })).renewers.length > 0;
  } catch (error) {
    if (error instanceof StrongroomError && error.code === "DENIED") return false;
    throw error;
  }
}

/** The words that print a secret, or the access token of an OAuth credential. */
export async function printingWords(
  input: Pick<Input, "caller">,
  name: string,
): Promise<readonly string[]> {
  const hint = "store it first: strongroom set NAME, or oauth login";
  return [(await demandSecret(input, name, hint)) ? "token" : "get", name];
}

/** A name that a tool's file can hold as it is: no white space, no quotes, no brackets. */
export function plainOperand(value: string, what: string): string {
  if (/^[\w.@:/+=-]+$/u.test(value) && value.length <= LIMITS.nameBytes) return value;
  throw new StrongroomError(
    "INVALID",
    `connect: ${what} has letters, digits and . _ - : / @ + = `.trimEnd(),
    {
      hint: "strongroom help connect",
    },
  );
}
