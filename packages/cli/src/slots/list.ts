import type { SlotEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { writeData, writeJson } from "../output.ts";

/** `slot list`: a line for each way into the vault. */
export async function listSlots({ values, caller }: Input): Promise<number> {
  const { slots, revision } = await caller.call("slot/list", {});
  if (values["json"] === true) writeJson({ slots, revision });
  else writeData(columns(slots.map(rowOf)));
  return 0;
}

function rowOf({ slot, type, label, addedAt, argv, recipient }: SlotEntry): readonly string[] {
  return [
    slot,
    escapeLine(type),
    escapeLine(label ?? ""),
    addedAt === undefined ? "" : new Date(addedAt).toISOString(),
    escapeLine(argv?.join(" ") ?? recipient ?? ""),
  ];
}
