import { StrongroomError } from "@strongroom/client/protocol";
import type { DataKey } from "../keys/data-key.ts";
import type { Disk } from "./disk.ts";
import { Mark } from "./mark.ts";
import { codeOf } from "./trouble.ts";

/** The mark of a vault that opens, by this data key; undefined, and a remark, where none can be written. */
export async function publishMark(
  disk: Disk,
  place: {
    readonly markPath: string;
    readonly key: DataKey;
    readonly remark: (line: string) => void;
  },
  seen: Parameters<typeof Mark.publish>[2],
): Promise<Mark | undefined> {
  try {
    return await Mark.publish(disk, place.markPath, seen, place.key);
  } catch (error) {
    place.remark(`${place.markPath} cannot be written (${codeOf(error) ?? "unknown"})`);
    return undefined;
  }
}

/** Why two data keys stay while the mark knows of the old one alone. */
export function unmarked(path: string): StrongroomError {
  return new StrongroomError(
    "UNAVAILABLE",
    `${path}: it cannot be written, and an interrupted rekey cannot be ended before it is`,
    { hint: "let it be written there, then: strongroom daemon restart" },
  );
}
