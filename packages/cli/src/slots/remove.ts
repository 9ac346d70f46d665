import { StrongroomError } from "@strongroom/client/protocol";
import type { SlotEntry } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { whileWorking } from "../progress.ts";
import { noteRenewal } from "./renewed.ts";

/** `slot remove SLOT`: asks, as whoever has no other way is then kept out. */
export async function removeSlot({ positionals, values, caller }: Input): Promise<number> {
  const [, named, more] = positionals;
  if (named === undefined || more !== undefined) {
    throw new StrongroomError("INVALID", "slot remove takes one slot", { hint: LIST });
  }
  const keepDataKey = values["keep-data-key"] === true;
  const { slots } = await caller.call("slot/list", {});
  const { slot, type, label } = findSlot(slots, named);
  if (values["yes"] !== true) {
    const { confirm } = await import("../prompt.ts");
    const what = label === undefined ? type : `${type}, ${label}`;
    const flags = keepDataKey ? " --keep-data-key" : "";
    const command = `strongroom slot remove ${slot}${flags} --yes`;
    await confirm(`End the slot ${slot} (${what})?`, command);
  }
  const params = keepDataKey ? { slot, keepDataKey } : { slot };
  const done = await whileWorking("rekeying", caller.call("slot/remove", params));
  if (values["json"] === true) writeJson(done);
  else {
    const key = done.rekeyed ? "the vault has a new data key" : "the data key is the same";
    writeNote(`strongroom: slot ${slot} is gone; ${key}`);
    if (done.removedFile !== undefined) writeNote(`strongroom: removed ${done.removedFile}`);
    if (done.rekeyed) noteRenewal();
  }
  return 0;
}

/** The slot of a name, a label or a type that only one slot has. */
export function findSlot(slots: readonly SlotEntry[], named: string): SlotEntry {
  const exact = slots.find(({ slot }) => slot === named);
  if (exact !== undefined) return exact;
  const begins = /^[0-9a-f]{4,}$/.test(named) ? named : undefined;
  const found = slots.filter(
    ({ slot, label, type }) =>
      label === named || type === named || (begins !== undefined && slot.startsWith(begins)),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const what = found.length === 0 ? "there is no such slot" : "more than one slot is called that";
  throw new StrongroomError(found.length === 0 ? "NOT_FOUND" : "INVALID", what, { hint: LIST });
}

const LIST = "strongroom slot list";
