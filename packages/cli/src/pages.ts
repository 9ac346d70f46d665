import type { Params, SecretEntry } from "@strongroom/client/protocol";
import type { Caller } from "./command.ts";

/** All that a list has, page by page. */
export async function listAll(
  caller: Pick<Caller, "call">,
  wanted: Omit<Params<"secret/list">, "cursor" | "limit">,
): Promise<{ readonly secrets: readonly SecretEntry[]; readonly revision: number }> {
  let page = await caller.call("secret/list", wanted);
  const secrets = [...page.secrets];
  while (page.cursor !== undefined) {
    page = await caller.call("secret/list", { ...wanted, cursor: page.cursor });
    secrets.push(...page.secrets);
  }
  return { secrets, revision: page.revision };
}

/** Whether it is an OAuth credential, of which nothing is read by its name. */
export function isCredential({ metadata }: SecretEntry): boolean {
  return metadata.origin === "oauth";
}
