import type { Expect } from "@strongroom/client/protocol";
import type { Given } from "./command.ts";

/** What `--if-absent` or `--if-version` demands of a name; both at once are `INVALID`. */
export async function demanded(values: Given["values"]): Promise<Expect | undefined> {
  const version = values["if-version"];
  if (values["if-absent"] !== true) {
    return typeof version === "string" ? { version: Number(version) } : undefined;
  }
  if (version === undefined) return { absent: true };
  const { StrongroomError } = await import("@strongroom/client/protocol");
  throw new StrongroomError("INVALID", "--if-absent and --if-version cannot both hold", {
    hint: "strongroom help set",
  });
}
