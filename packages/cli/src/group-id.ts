import { readFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";

/** The number of a group: as it is given, or as `/etc/group` has it. Throws `INVALID` for another. */
export function groupId(group: string, file = "/etc/group"): number {
  if (/^\d{1,9}$/u.test(group)) return Number(group);
  const found = read(file)
    .split("\n")
    .map((line) => line.split(":"))
    .find(([name]) => name === group)?.[2];
  if (found !== undefined && /^\d{1,9}$/u.test(found)) return Number(found);
  throw new StrongroomError("INVALID", `no group ${JSON.stringify(group)} in ${file}`, {
    hint: "give its number: getent group NAME",
  });
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
