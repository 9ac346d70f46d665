import { existsSync } from "node:fs";
import { join } from "node:path";
import { resolveHome } from "@strongroom/client/protocol";
import { writeNote } from "../output.ts";

/** Says what to do once a vault has a new data key: a key file says which one it is for. */
export function noteRenewal(): void {
  const path = join(resolveHome(process.env).config, "keyfile");
  if (existsSync(path)) {
    writeNote(`strongroom: keep a new copy of ${path}; older ones are of the data key before`);
  }
}
