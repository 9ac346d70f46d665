import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { demanded } from "../demand.ts";
import { CHARSETS, charsetOf } from "../generate/charsets.ts";
import { make } from "../generate/make.ts";
import type { Made } from "../generate/make.ts";
import { isTerminal, writeData, writeJson, writeNote } from "../output.ts";

const USUAL_LENGTH = 32;
const MOST = 4096;
const MOST_WORDS = 100;

/** `generate`: a password, printed, or stored and never shown. */
export const generate: Command = {
  operands: "[LENGTH]",
  arity: [0, 1],
  options: {
    charset: {
      type: "string",
      value: "alnum",
      completes: CHARSETS,
      help: `${CHARSETS.join(", ")}, or chars:…`,
    },
    "if-absent": { type: "boolean", help: "--save: only if there is no such secret" },
    "if-version": { type: "string", integer: true, value: "N", help: "--save: only if N stands" },
    save: { type: "string", value: "NAME", help: "store it, and print nothing" },
    separator: { type: "string", value: "-", help: "what stands between words" },
    words: { type: "string", integer: true, value: "N", help: "so many words, 11 bits each" },
  },
  examples: [
    "strongroom generate",
    "strongroom generate 20 --charset ascii",
    "strongroom generate --words 6",
    "strongroom generate 40 --charset hex --save app/session-key --if-absent",
  ],
  notes: [
    "All characters, or words of the list of BIP 39, are equally likely. How many bits of chance",
    "are in it is said on stderr: 80 and more are out of reach for who guesses.",
  ],
  async run({ caller, positionals: [length], values }) {
    const made =
      values["words"] === undefined ? password(length, values) : await words(length, values);
    const { save } = values;
    if (typeof save === "string") {
      const { encodeValue } = await import("@strongroom/client/hot");
      const expect = await demanded(values);
      const written = await caller.change("secret/set", {
        name: save,
        ...(await encodeValue(Buffer.from(made.value))),
        ...(expect === undefined ? {} : { expect }),
      });
      if (values["json"] === true) writeJson({ ...written, bits: Math.floor(made.bits) });
    } else if (values["json"] === true)
      writeJson({ value: made.value, bits: Math.floor(made.bits) });
    else writeData(isTerminal(1) ? `${made.value}\n` : made.value);
    writeNote(`strongroom: ${Math.floor(made.bits)} bits`);
    return 0;
  },
};

function password(
  length: string | undefined,
  { charset = "alnum", separator }: Given["values"],
): Made {
  const count = length === undefined ? USUAL_LENGTH : Number(length);
  if (!Number.isInteger(count) || count < 1 || count > MOST) {
    throw usage(`LENGTH is a number from 1 to ${MOST}`);
  }
  if (separator !== undefined) throw usage("--separator goes with --words");
  const from = typeof charset === "string" ? charsetOf(charset) : undefined;
  if (from !== undefined) return make(from, count);
  throw usage(`--charset takes ${CHARSETS.join(", ")}, or chars: and two or more`);
}

async function words(
  length: string | undefined,
  { charset, separator, words: wanted }: Given["values"],
): Promise<Made> {
  if (length !== undefined || charset !== undefined) {
    throw usage("--words goes with neither LENGTH nor --charset");
  }
  const count = Number(wanted);
  if (count > MOST_WORDS) throw usage(`--words takes a number from 1 to ${MOST_WORDS}`);
  const { wordlist } = await import("@scure/bip39/wordlists/english.js");
  return make(wordlist, count, typeof separator === "string" ? separator : "-");
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `generate: ${what}`, { hint: "strongroom help generate" });
}
