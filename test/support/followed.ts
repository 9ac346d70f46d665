import { join } from "node:path";
import { ROOT } from "./throwaway.ts";
import type { Ended, Throwaway } from "./throwaway.ts";

/** Does what a hint says, as a shell does it that has our command. */
export async function follow(place: Throwaway, commands: string): Promise<Ended> {
  const launcher = join(ROOT, "packages/cli/bin/strongroom.js");
  const ours = `strongroom() { '${process.execPath}' '${launcher}' "$@"; }`;
  return await place.run("/bin/sh", ["-c", `${ours}\n${commands}`]);
}
