import { readFileSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Result, SlotAsked } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeJson, writeNote } from "../output.ts";
import { readPassphrase } from "../passphrase.ts";
import { whileWorking } from "../progress.ts";

const HINT = "strongroom help slot";

/** `slot add TYPE`: the daemon tries the new way before it writes it. */
export async function addSlot(input: Input): Promise<number> {
  const { values, caller } = input;
  const { identity, label } = values;
  const asked = await askedFor(input);
  const labelled = typeof label === "string" ? { ...asked, label } : asked;
  const added = await whileWorking("trying the slot", caller.call("slot/add", labelled));
  const tried = asked.type !== "recipient" || typeof identity === "string";
  if (typeof identity === "string") await tryIdentity(identity, added);
  if (values["json"] === true) writeJson(shown(added));
  else {
    writeNote(`strongroom: slot ${added.slot} opens the vault${tried ? "; that was tried" : ""}`);
    if (!tried) writeNote("strongroom: nobody tried it: add it again with --identity FILE");
    if (asked.type === "passphrase") {
      writeNote(
        "strongroom: a backup needs the key that slots.json seals: strongroom recovery new",
      );
    }
  }
  return 0;
}

async function askedFor({ positionals, values }: Input): Promise<SlotAsked> {
  const [, type = "", ...rest] = positionals;
  switch (type) {
    case "command":
      if (rest.length > 0) return { type, argv: rest };
      throw usage("slot add command takes a program: slot add command -- /PROGRAM ARGUMENTS");
    case "recipient":
      if (rest[0] !== undefined && rest.length === 1) return { type, recipient: rest[0] };
      throw usage("slot add recipient takes a recipient of age: age1...");
    case "keychain":
    case "keyfile":
      if (rest.length === 0) return { type };
      throw usage(`slot add ${type} takes nothing more`);
    case "passphrase": {
      // Arguments can be read by others; and what was given is not said back.
      if (rest.length > 0) throw usage("a passphrase never comes from the command line");
      const command = "strongroom slot add passphrase --passphrase-file FILE";
      return { type, passphrase: await readPassphrase(values, { fresh: true, command }) };
    }
    default:
      throw usage("slot add takes passphrase, command, keychain, keyfile or recipient");
  }
}

async function tryIdentity(file: string, added: Result<"slot/add">): Promise<void> {
  const { prove, readRecoveryKey } = await import("../recovery/identity.ts");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw usage(`--identity cannot be read: ${code}`);
  }
  await prove(await readRecoveryKey(text), added);
}

/** What proves a slot is for programs that do so. */
function shown(added: Result<"slot/add">): object {
  const { wrapped: _, vault: __, check: ___, ...entry } = added;
  return entry;
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", what, { hint: HINT });
}
