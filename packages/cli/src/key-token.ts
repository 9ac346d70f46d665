import { parseDuration } from "@strongroom/client";
import type { Input } from "./command.ts";
import { texts } from "./keys.ts";
import { writeData, writeJson } from "./output.ts";

/** `key token`: a token of the key that the program acts with. */
export async function token({ values, caller }: Input): Promise<number> {
  const { allow, ttl } = values;
  const span = typeof ttl === "string" ? parseDuration(ttl) : undefined;
  const made = await caller.call("session/issue", {
    ...(allow === undefined ? {} : { allow: texts(allow) }),
    ...(span === undefined ? {} : { ttl: Math.floor(span / 1000) }),
  });
  if (values["json"] === true) writeJson(made);
  else writeData(`${made.token}\n`);
  return 0;
}

/** `key jwks`: the public key of tokens, as a JWK set. */
export async function jwks({ values, caller }: Input): Promise<number> {
  const found = await caller.call("session/jwks", {});
  if (values["json"] === true) writeJson(found);
  else writeData(`${JSON.stringify({ keys: found.keys })}\n`);
  return 0;
}
