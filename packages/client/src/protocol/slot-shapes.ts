import { LIMITS } from "./limits.ts";
import type { Params, Result } from "./methods.ts";
import { object, optional, tagged } from "./object-shape.ts";
import type { Fields, ObjectShape } from "./object-shape.ts";
import { boolean, list, oneOf, refine, text, tooLarge } from "./shape.ts";
import type { Shape } from "./shape.ts";
import type { SlotAsked, SlotEntry } from "./status.ts";
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
  argv: optional(list(text())),
};

const passphrase: Shape<string> = refine(
  text({ minLength: 1 }),
  `At most ${LIMITS.passphraseBytes} bytes of UTF-8.`,
  (value, field) => {
    if (Buffer.byteLength(value) > LIMITS.passphraseBytes)
      throw tooLarge(field, `${LIMITS.passphraseBytes} bytes`);
  },
);

/** A program by its absolute path, then what it is given. No control characters: it is shown. */
export const argv: Shape<readonly string[]> = list(
  text({ maxLength: LIMITS.argumentCharacters, pattern: String.raw`^\P{C}*$` }),
  { minItems: 1, maxItems: LIMITS.commandArguments },
);

const kinds = {
  command: object<Of<"command">>({ type: oneOf("command"), argv, label: optional(label) }),
  keychain: object<Of<"keychain">>({ type: oneOf("keychain"), label: optional(label) }),
  keyfile: object<Of<"keyfile">>({ type: oneOf("keyfile"), label: optional(label) }),
  passphrase: object<Of<"passphrase">>({
    type: oneOf("passphrase"),
    passphrase,
    label: optional(label),
  }),
  recipient: object<Of<"recipient">>({
    type: oneOf("recipient"),
    recipient,
    label: optional(label),
  }),
};

type Of<T extends SlotAsked["type"]> = Extract<SlotAsked, { readonly type: T }>;

const asked = tagged<SlotAsked>("type", kinds);

const listed = object<{
  readonly type: SlotAsked["type"];
  readonly argv?: readonly string[];
  readonly label?: string;
  readonly passphrase?: string;
  readonly recipient?: string;
}>({
  type: oneOf("command", "keychain", "keyfile", "passphrase", "recipient"),
  argv: optional(argv),
  label: optional(label),
  passphrase: optional(passphrase),
  recipient: optional(recipient),
});

/** The params of `slot/add`: listed together, and held to those of their type. */
export const slotParams: ObjectShape<Params<"slot/add">> = {
  schema: asked.schema,
  fields: listed.fields,
  parse: (value, field) => asked.parse(value, field),
};

/** The name of a slot. */
export const slotId: Shape<string> = text({ pattern: "^[0-9a-f]{16}$" });

/** What `slot/remove` answers. */
export const removedSlot: ObjectShape<Result<"slot/remove">> = object<Result<"slot/remove">>({
  slot: text(),
  type: text(),
  rekeyed: boolean,
  removedFile: optional(text()),
  revision,
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
