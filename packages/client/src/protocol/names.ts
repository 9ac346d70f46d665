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

/**
 * The rules for what a service is asked for, such as the path of a URL: what two programs could
 * read in two ways would be judged in one and served in the other. Throws `INVALID`.
 */
export function checkResource(resource: string): void {
  const broken =
    brokenText(resource) ??
    (resource.includes("//") ? "must not have an empty segment" : undefined);
  if (broken === undefined) return;
  throw new StrongroomError("INVALID", `the resource ${broken}`, {
    hint: "Resolve a path before it is judged: /a/../b is /b.",
  });
}

function brokenRule(name: string): string | undefined {
  const broken = brokenText(name);
  if (broken !== undefined) return broken;
  if (PATTERN_CHARACTERS.test(name)) return "must not hold any of * ? [ ] { }";
  return name.split("/").includes("") ? "must not have an empty segment" : undefined;
}

function brokenText(name: string): string | undefined {
  if (name === "") return "must not be empty";
  if (Buffer.byteLength(name) > LIMITS.nameBytes)
    return `must not be longer than ${LIMITS.nameBytes} bytes`;
  if (!isWellFormed(name)) return "must be well-formed Unicode";
  if (name.normalize("NFC") !== name) return "must be in Unicode normal form C";
  if (CONTROL.test(name)) return "must not hold control characters";
  if (BIDI.test(name)) return "must not hold characters that change the direction of text";
  const segments = name.split("/");
  const climbs = segments.includes(".") || segments.includes("..");
  return climbs ? "must not have a segment . or .." : undefined;
}
