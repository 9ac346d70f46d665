/** Shorter values are not looked for: they would be found everywhere. */
export const LEAST_BYTES = 6;

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
 * it, each of its longer lines, within JSON, in base64 and base64url (RFC 4648) also amid other
 * bytes, in hex, and percent-encoded as URLs (RFC 3986), JavaScript and HTML forms write it.
 */
export function formsOf(value: Buffer): Buffer[] {
  const forms = new Forms();
  for (const whole of wholes(value)) {
    const hex = whole.toString("hex");
    for (const form of [hex, hex.toUpperCase(), ...percentForms(whole)]) forms.add(form);
    forms.add(JSON.stringify(whole.toString()).slice(1, -1));
  }
  for (const form of bareForms(value)) forms.add(form);
  return forms.all;
}

/**
 * The forms in which a value stands behind escapes, which others use for whichever bytes they
 * like: as it is, as HTML forms write its spaces, its longer lines, and in base64.
 */
export function bareForms(value: Buffer): Buffer[] {
  const forms = new Forms();
  for (const whole of wholes(value)) {
    forms.add(whole);
    forms.add(Buffer.from(whole.toString("latin1").replaceAll(" ", "+"), "latin1"));
    for (const form of base64Forms(whole)) forms.add(form);
  }
  for (const line of lines(value)) forms.add(line);
  return forms.all;
}

function wholes(value: Buffer): Buffer[] {
  return [value, trimmed(value)].filter(({ length }) => length >= LEAST_BYTES);
}

const SPACE = new Set([0x09, 0x0a, 0x0d, 0x20]);

function trimmed(value: Buffer): Buffer {
  let [start, end] = [0, value.length];
  while (start < end && SPACE.has(value[start] ?? 0)) start += 1;
  while (end > start && SPACE.has(value[end - 1] ?? 0)) end -= 1;
  return value.subarray(start, end);
}

const LEAST_LINE_BYTES = 16;

/** Of a value with several lines those that are its own: not the frame of a PEM file. */
function lines(value: Buffer): Buffer[] {
  const all = value.toString("latin1").split(/\r?\n/u);
  if (all.length < 2) return [];
  return all
    .map((line) => Buffer.from(line.trim(), "latin1"))
    .filter((line) => line.length >= LEAST_LINE_BYTES && !line.toString().startsWith("-----"));
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
