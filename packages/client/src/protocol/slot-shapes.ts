import { LIMITS } from "./limits.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { list, oneOf, text } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { SlotEntry } from "./status.ts";
import { revision, time } from "./value-shapes.ts";

/** An X25519 recipient of age, as far as its letters go; age itself judges the checksum. */
const recipient: Shape<string> = text({ pattern: "^age1[02-9ac-hj-np-z]{58}$" });

/** What people call a slot: no control characters, as it is shown on terminals. */
const label: Shape<string> = text({
  minLength: 1,
  maxLength: LIMITS.labelCharacters,
  pattern: String.raw`^\P{C}*$`,
});

const entry: Fields<SlotEntry> = {
  slot: text(),
  type: text(),
  recipient: optional(text()),
  label: optional(text()),
  addedAt: optional(time),
};

/** The params of `slot/add`. */
export const slotParams: ObjectShape<Params<"slot/add">> = object<Params<"slot/add">>({
  type: oneOf("recipient"),
  recipient,
  label: optional(label),
});

/** What `slot/add` answers. */
export const addedSlot: ObjectShape<Result<"slot/add">> = object<Result<"slot/add">>({
  ...entry,
  wrapped: text(),
  vault: text(),
  check: text(),
  revision,
});

/** What `slot/list` answers. */
export const slotList: ObjectShape<Result<"slot/list">> = object<Result<"slot/list">>({
  slots: list(object<SlotEntry>(entry)),
  revision,
});
