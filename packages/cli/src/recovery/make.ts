import { readFileSync, unlinkSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Result } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeNewFile } from "../new-file.ts";
import { isTerminal, writeData, writeJson, writeNote } from "../output.ts";
import { Refusal } from "../refusal.ts";
import { newRecoveryKey, prove, readRecoveryKey } from "./identity.ts";
import { fileOf, sheetOf } from "./sheet.ts";
import { wordsOf } from "./words.ts";

const PIPE = "-";
const DEFAULT_LABEL = "recovery";
/** After these the slot may be there, and the key must not be thrown away. */
const UNKNOWN: readonly string[] = ["DURABILITY_UNKNOWN", "TIMEOUT"];

/**
 * Makes a recovery key and puts it into the owner's hands; then gives the vault a slot for it,
 * and opens that slot with what the owner was given. A slot whose key nobody has would be
 * believed in, so the key comes first. The daemon is told the recipient alone.
 */
export async function makeRecoveryKey(input: Input): Promise<number> {
  const { values, caller } = input;
  const { json, output: target, yes } = values;
  if (typeof target !== "string" && !isTerminal(1)) throw nowhere();
  // Whether there is a vault that answers is known before there is a key.
  await caller.call("slot/list", {});
  const { vault } = await caller.call("vault/status", {});
  const { identity, recipient } = await newRecoveryKey();
  const text = fileOf(identity, recipient, vault ?? "", new Date());
  if (target === PIPE && json !== true) writeData(text);
  else if (typeof target === "string" && target !== PIPE) writeNewFile(target, text, ELSEWHERE);
  else if (json !== true) {
    writeData(await sheetOf(identity));
    if (yes !== true) await writtenDown();
  }
  const file = typeof target === "string" && target !== PIPE ? target : undefined;
  const slot = await addSlot(input, recipient, file);
  await prove(file === undefined ? identity : await readRecoveryKey(readBack(file)), slot);
  const { slot: id, label } = slot;
  const shown = file === undefined ? { identity, words: await wordsOf(identity) } : { file };
  if (json === true) writeJson({ slot: id, label, recipient, ...shown });
  else {
    writeNote(`strongroom: slot ${id} opens with it; that was tried`);
    writeNote("strongroom: a backup made from now on opens with it too: strongroom backup");
  }
  return 0;
}

async function addSlot(
  { values, caller }: Input,
  recipient: string,
  file: string | undefined,
): Promise<Result<"slot/add">> {
  const label = typeof values["label"] === "string" ? values["label"] : DEFAULT_LABEL;
  try {
    return await caller.call("slot/add", { type: "recipient", recipient, label });
  } catch (error) {
    const unknown = error instanceof StrongroomError && UNKNOWN.includes(error.code);
    if (file !== undefined && !unknown) unlinkSync(file);
    writeNote(
      unknown
        ? "strongroom: whether the vault knows this key is not known: see strongroom status"
        : "strongroom: the vault does not know this key: throw it away",
    );
    throw error;
  }
}

async function writtenDown(): Promise<void> {
  const { confirm } = await import("../prompt.ts");
  await confirm("Is it written down?", "strongroom recovery new --output FILE");
}

function readBack(file: string): string {
  return readFileSync(file, "utf8");
}

const ELSEWHERE = "give a new file on another disk: strongroom recovery new --output FILE";

function nowhere(): Refusal {
  return new Refusal(
    "NO_TERMINAL",
    "a recovery key is shown at a terminal alone, unless you say where it goes",
    "strongroom recovery new --output FILE",
  );
}
