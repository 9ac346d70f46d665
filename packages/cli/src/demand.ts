import type { Expect } from "@strongroom/client/protocol";
import type { Given } from "./command.ts";

/** What `--if-absent` and `--if-version` demand of a name. */
export function demanded(values: Given["values"]): Expect | undefined {
  if (values["if-absent"] === true) return { absent: true };
  const version = values["if-version"];
  return typeof version === "string" ? { version: Number(version) } : undefined;
}
