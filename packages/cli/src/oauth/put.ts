import { parseParams } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { writeJson, writeNote } from "../output.ts";
import { readAll } from "../value-input.ts";
import { invalid, nameOf } from "./part.ts";

/** `oauth put NAME`: a credential whose JSON is piped; tokens never come from the command line. */
export async function put(input: Input): Promise<number> {
  const { caller, values } = input;
  const name = nameOf(input);
  if (process.stdin.isTTY) throw invalid("oauth put: pipe the JSON of the credential into it");
  const given = {
    ...parsed(await readAll(process.stdin)),
    name,
    ...(values["force"] === true ? { force: true } : {}),
    ...(values["shared"] === true ? { shared: true } : {}),
  };
  const done = await caller.change("oauth/put", parseParams("oauth/put", given));
  if (values["json"] === true) writeJson(done);
  else writeNote(`strongroom: ${escapeLine(name)} is stored, with its tokens`);
  return 0;
}

/** What a parser says of bad JSON quotes it, tokens and all. */
function parsed(bytes: Buffer): object {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch {
    throw invalid("oauth put: what was piped is no JSON");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw invalid("oauth put: what was piped is no JSON object");
  }
  return value;
}
