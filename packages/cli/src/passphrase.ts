import { closeSync, openSync, readSync } from "node:fs";
import { LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "./command.ts";
import { Refusal } from "./refusal.ts";

const VARIABLE = "STRONGROOM_PASSPHRASE_FILE";
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** The options by which a passphrase comes from elsewhere than the terminal. */
export const PASSPHRASE_OPTIONS: Command["options"] = {
  "passphrase-fd": { type: "string", value: "N", help: "read the passphrase from this descriptor" },
  "passphrase-file": { type: "string", value: "FILE", help: "read the passphrase from this file" },
};

/** Whether there is a passphrase without asking anybody. */
export function isPassphraseGiven(values: Given["values"]): boolean {
  const options = Object.keys(PASSPHRASE_OPTIONS);
  return options.some((name) => values[name] !== undefined) || process.env[VARIABLE] !== undefined;
}

/** What somebody is asked for, and the command to run where nobody is there to be asked. */
export interface Question {
  /** Whether it is a new one: then it is asked for twice. */
  readonly fresh: boolean;
  readonly command: string;
  /** Whether it is of something else than the vault, whose passphrase the variable names. */
  readonly isOther?: true;
}

/**
 * The passphrase: `--passphrase-fd`, `--passphrase-file`, the file that STRONGROOM_PASSPHRASE_FILE
 * names, or what is typed at the terminal, not shown. One line feed at the end is taken off.
 * `INVALID` for what cannot be read, is empty, too long or no UTF-8; exit 9 where nobody is there.
 */
export async function readPassphrase(
  values: Given["values"],
  { fresh, command, isOther }: Question,
): Promise<string> {
  const { "passphrase-fd": descriptor, "passphrase-file": file } = values;
  if (typeof descriptor === "string" && typeof file === "string") {
    throw invalid("--passphrase-fd and --passphrase-file exclude each other");
  }
  if (typeof descriptor === "string") return checked(fromDescriptor(descriptor));
  if (typeof file === "string") return checked(fromFile(file, "--passphrase-file"));
  const named = isOther === true ? undefined : process.env[VARIABLE];
  if (named === "") throw invalid(`${VARIABLE} is set but empty`);
  if (named !== undefined) return checked(fromFile(named, VARIABLE));
  return checked(await fromTerminal(fresh, command));
}

async function fromTerminal(fresh: boolean, command: string): Promise<Buffer> {
  const { askHidden } = await import("./prompt.ts");
  const question = fresh ? "New passphrase (not shown): " : "Passphrase (not shown): ";
  const first = await askHidden(question, command);
  if (!fresh) return first;
  const second = await askHidden("The same again: ", command);
  if (first.equals(second)) return first;
  throw new Refusal("ABORTED", "the two passphrases differ; nothing was changed", command);
}

function fromDescriptor(text: string): Buffer {
  if (!/^\d{1,6}$/.test(text)) throw invalid("--passphrase-fd takes the number of a descriptor");
  try {
    return withoutNewline(readUpTo(Number(text)));
  } catch (error) {
    throw unreadable("--passphrase-fd", error);
  }
}

function fromFile(path: string, named: string): Buffer {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    return withoutNewline(readUpTo(file));
  } catch (error) {
    throw unreadable(named, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** More than a passphrase may have is enough to be refused. */
function readUpTo(file: number): Buffer {
  const bytes = Buffer.alloc(LIMITS.passphraseBytes + 3);
  let length = 0;
  while (length < bytes.length) {
    const taken = readSync(file, bytes, length, bytes.length - length, null);
    if (taken === 0) break;
    length += taken;
  }
  return bytes.subarray(0, length);
}

function withoutNewline(bytes: Buffer): Buffer {
  if (bytes.at(-1) !== LINE_FEED) return bytes;
  return bytes.subarray(0, bytes.at(-2) === CARRIAGE_RETURN ? -2 : -1);
}

function checked(bytes: Buffer): string {
  if (bytes.length === 0) throw invalid("the passphrase is empty");
  if (bytes.length > LIMITS.passphraseBytes) {
    throw invalid(`a passphrase has at most ${LIMITS.passphraseBytes} bytes`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw invalid("the passphrase is no UTF-8");
  }
}

function unreadable(named: string, error: unknown): StrongroomError {
  const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
  return invalid(`${named} cannot be read: ${code}`);
}

function invalid(what: string): StrongroomError {
  return new StrongroomError("INVALID", what, {
    hint: "give it by --passphrase-file FILE, --passphrase-fd N, or at a terminal",
  });
}
