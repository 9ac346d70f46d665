import { leavesOf } from "./leaves.ts";
import { jsonForms, lineForms, quotedForms } from "./writers.ts";

/** Shorter values are not looked for: they would be found everywhere. */
export const LEAST_BYTES = 6;
/** Of longer values only what is written most is looked for: each form takes forty times its size. */
const MANY_FORMS_BYTES = 32_768;

const SPACE = new Set([0x09, 0x0a, 0x0d, 0x20]);
/** Bytes of a line that is looked for by itself. */
const LEAST_LINE_BYTES = 16;

/** Each form once, and none that is too short. */
class Forms {
  readonly #forms = new Map<string, Buffer>();

  get all(): Buffer[] {
    return [...this.#forms.values()];
  }

  add(form: Buffer | string): void {
    const bytes = typeof form === "string" ? Buffer.from(form) : form;
    if (bytes.length >= LEAST_BYTES) this.#forms.set(bytes.toString("latin1"), bytes);
  }
}

/**
 * The forms in which a value is looked for in output: as it is and without the white space around
 * it, each of its longer lines, the longer strings in it where it is JSON, in base64 and base64url
 * (RFC 4648) also amid other bytes, in hex, percent-encoded as URLs (RFC 3986), JavaScript and HTML
 * forms write it, and as JSON, shells, HTML and XML quote it.
 */
export function formsOf(value: Buffer, leastLine: number = LEAST_LINE_BYTES): Buffer[] {
  const forms = new Forms();
  for (const form of bareForms(value, leastLine)) forms.add(form);
  for (const leaf of value.length > MANY_FORMS_BYTES ? [] : leavesOf(value, leastLine)) {
    for (const form of formsOf(leaf, leastLine)) forms.add(form);
  }
  for (const whole of wholes(value)) {
    if (whole.length > MANY_FORMS_BYTES) continue;
    const text = whole.toString();
    for (const form of [...hexForms(whole), ...percentForms(whole)]) forms.add(form);
    for (const form of [...jsonForms(text), ...quotedForms(text)]) forms.add(form);
  }
  return forms.all;
}

/**
 * The forms in which a value stands behind escapes, which others use for whichever bytes they
 * like: as it is, as HTML forms write its spaces, its longer lines, and in base64.
 */
export function bareForms(value: Buffer, leastLine: number = LEAST_LINE_BYTES): Buffer[] {
  const forms = new Forms();
  for (const whole of wholes(value)) {
    forms.add(whole);
    if (whole.length > MANY_FORMS_BYTES) {
      forms.add(whole.toString("base64"));
      continue;
    }
    forms.add(Buffer.from(whole.toString("latin1").replaceAll(" ", "+"), "latin1"));
    for (const form of base64Forms(whole)) forms.add(form);
    for (const form of lineForms(whole.toString("base64"))) forms.add(form);
  }
  for (const part of [...lines(value, leastLine), ...leavesOf(value, leastLine)]) forms.add(part);
  return forms.all;
}

/** In hex, in either case: programs write it in groups, too, with colons for example. */
export function hexForms(value: Buffer): Buffer[] {
  const hex = value.length > MANY_FORMS_BYTES ? "" : value.toString("hex");
  return [hex, hex.toUpperCase()]
    .filter(({ length }) => length >= 2 * LEAST_BYTES)
    .map((text) => Buffer.from(text));
}

/** What of a value counts where it has to be long enough: not the white space around it. */
export function trimmed(value: Buffer): Buffer {
  let [start, end] = [0, value.length];
  while (start < end && SPACE.has(value[start] ?? 0)) start += 1;
  while (end > start && SPACE.has(value[end - 1] ?? 0)) end -= 1;
  return value.subarray(start, end);
}

function wholes(value: Buffer): Buffer[] {
  return [value, trimmed(value)].filter(({ length }) => length >= LEAST_BYTES);
}

/** Of a value with several lines those that are its own: not the frame of a PEM file. */
function lines(value: Buffer, least: number): Buffer[] {
  const all = value.toString("latin1").split(/\r?\n/u);
  if (all.length < 2) return [];
  return all
    .map((line) => Buffer.from(line.trim(), "latin1"))
    .filter((line) => line.length >= least && !line.toString().startsWith("-----"));
}

function* base64Forms(value: Buffer): Generator<string> {
  for (const encoding of ["base64", "base64url"] as const) {
    yield value.toString(encoding);
    // Amid other bytes: three ways to lie, and the characters at either end are not its own alone.
    for (const before of [0, 1, 2]) {
      const text = Buffer.concat([Buffer.alloc(before), value]).toString("base64url");
      const own = text.slice([0, 2, 3][before], Math.floor(((before + value.length) * 8) / 6));
      yield encoding === "base64" ? own.replaceAll("-", "+").replaceAll("_", "/") : own;
    }
  }
}

const UNRESERVED = /[A-Za-z0-9\-._~]/u;
const JAVASCRIPT = /[A-Za-z0-9\-_.!~*'()]/u;
const FORM = /[A-Za-z0-9*\-._]/u;

function* percentForms(value: Buffer): Generator<string> {
  const text = value.toString("latin1");
  for (const [kept, space] of [
    [UNRESERVED, "%20"],
    [JAVASCRIPT, "%20"],
    [FORM, "+"],
  ] as const) {
    const write = (isUpper: boolean): string =>
      text.replaceAll(/[^]/gu, (letter) => {
        if (kept.test(letter)) return letter;
        if (letter === " ") return space;
        const hex = letter.charCodeAt(0).toString(16).padStart(2, "0");
        return `%${isUpper ? hex.toUpperCase() : hex}`;
      });
    yield write(true);
    yield write(false);
  }
}
