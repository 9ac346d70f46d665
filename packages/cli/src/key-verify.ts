import { StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "./command.ts";
import { escapeLine } from "./escape.ts";
import { columns } from "./listing.ts";
import { writeData, writeJson } from "./output.ts";
import { readValue } from "./value-input.ts";

const USAGE = "strongroom key verify SERVICE ACTION:RESOURCE < KEYFILE";

/** `key verify SERVICE ACTION:RESOURCE`: exit 0 where the key may do that, else 4. */
export async function verify({ positionals, values, caller }: Input): Promise<number> {
  const [, service, asked = ""] = positionals;
  const colon = asked.indexOf(":");
  if (service === undefined || colon === -1) throw invalid("what is the key to do?");
  const { cost } = values;
  const found = await caller.call("key/verify", {
    token: (await readToken(values)).trim(),
    service,
    action: asked.slice(0, colon),
    resource: asked.slice(colon + 1),
    ...(typeof cost === "string" ? { cost: Number(cost) } : {}),
  });
  if (values["json"] === true) writeJson(found);
  else {
    const { id, name, remaining } = found;
    const left = remaining === undefined ? "" : `${remaining} left`;
    writeData(columns([[escapeLine(name), id, left]]));
  }
  return 0;
}

async function readToken(values: Input["values"]): Promise<string> {
  const bytes = await readValue("", values, async () => {
    const { askHidden } = await import("./prompt.ts");
    return askHidden("The key that was presented (not shown): ", USAGE);
  });
  return bytes.toString("utf8");
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: USAGE });
}
