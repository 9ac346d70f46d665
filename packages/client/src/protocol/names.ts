import { StrongroomError } from "./errors.ts";
import { LIMITS } from "./limits.ts";

const CONTROL = /\p{Control}/u; // C0, DEL, C1
const BIDI = /\p{Bidi_Control}/u;
const PATTERN_CHARACTERS = /[*?[\]{}]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Whether every surrogate of the text has its partner, so that UTF-8 holds it without loss. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

/**
 * The rules for a name that is about to be created; looking one up needs no check.
 * Throws `INVALID` with the rule that was broken, never with the name.
 */
export function checkName(name: string): void {
  const broken = brokenRule(name);
  if (broken !== undefined) {
    throw new StrongroomError("INVALID", `the name ${broken}`, {
      hint: "Names look like github/token or token:default:me@example.com.",
    });
  }
}

function brokenRule(name: string): string | undefined {
  if (name === "") return "must not be empty";
  if (Buffer.byteLength(name) > LIMITS.nameBytes)
    return `must not be longer than ${LIMITS.nameBytes} bytes`;
  if (!isWellFormed(name)) return "must be well-formed Unicode";
  if (name.normalize("NFC") !== name) return "must be in Unicode normal form C";
  if (CONTROL.test(name)) return "must not hold control characters";
  if (BIDI.test(name)) return "must not hold characters that change the direction of text";
  if (PATTERN_CHARACTERS.test(name)) return "must not hold any of * ? [ ] { }";
  for (const segment of name.split("/")) {
    if (segment === "") return "must not have an empty segment";
    if (segment === "." || segment === "..") return "must not have a segment . or ..";
  }
  return undefined;
}
