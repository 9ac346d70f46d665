import { randomBytes } from "node:crypto";
import { CONCEALED, Mask } from "strongroom/src/masking/mask.ts";
import { Patterns } from "strongroom/src/masking/patterns.ts";
import { formsOf } from "strongroom/src/masking/forms.ts";
import { describe, expect, it } from "vitest";

/** What comes out when these pieces go in, one after the other. */
async function masked(values: readonly Buffer[], pieces: readonly Uint8Array[]): Promise<Buffer> {
  const mask = new Mask(new Patterns(values));
  const out: Buffer[] = [];
  mask.on("data", (chunk: Buffer) => out.push(chunk));
  const ended = new Promise((resolve) => mask.once("end", resolve));
  for (const piece of pieces) mask.write(piece);
  mask.end();
  await ended;
  return Buffer.concat(out);
}

async function text(value: string, output: string): Promise<string> {
  return (await masked([Buffer.from(value)], [Buffer.from(output)])).toString();
}

function passwordInUrl(value: string): string {
  const url = new URL("https://user@example.com/");
  url.password = value;
  return url.password;
}

/** A string of JSON in which those letters are escaped by their number, whatever they are. */
function json(value: string, escaped: RegExp): string {
  return value.replaceAll(escaped, (letter) =>
    letter
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** As bash writes bytes that are no ASCII between $'…'. */
function octal(value: string): string {
  return [...Buffer.from(value)]
    .map((byte) => {
      const letter = String.fromCharCode(byte);
      if (byte < 0x80) return letter === "'" || letter === "\\" ? `\\${letter}` : letter;
      return `\\${byte.toString(8).padStart(3, "0")}`;
    })
    .join("");
}

function html(value: string, quote: string): string {
  return value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll("'", quote)
    .replaceAll('"', "&quot;");
}

const VALUE = "s3cr3t/+ value?&é'\"x";

describe("a mask", () => {
  it("conceals a value as it is, and leaves the rest", async () => {
    expect(await text("hunter22", "a hunter22 b hunter2 hunter22")).toBe(
      `a ${CONCEALED} b hunter2 ${CONCEALED}`,
    );
  });

  it("conceals no value below six bytes", async () => {
    expect(await text("abcde", "abcde")).toBe("abcde");
  });

  const bytes = Buffer.from(VALUE);
  const forms: readonly [string, string][] = [
    ["base64", bytes.toString("base64")],
    ["base64 without padding", bytes.toString("base64").replaceAll("=", "")],
    ["base64url", bytes.toString("base64url")],
    ["hex", bytes.toString("hex")],
    ["upper-case hex", bytes.toString("hex").toUpperCase()],
    ["encodeURIComponent", encodeURIComponent(VALUE)],
    [
      "lower-case percent",
      encodeURIComponent(VALUE).replaceAll(/%../gu, (hex) => hex.toLowerCase()),
    ],
    ["a form", new URLSearchParams({ v: VALUE }).toString().slice(2)],
    ["JSON", JSON.stringify(VALUE).slice(1, -1)],
    ["encodeURI", encodeURI(VALUE)],
    ["a path of Python's quote()", encodeURIComponent(VALUE).replaceAll("%2F", "/")],
    ["a password in a URL", passwordInUrl(VALUE)],
    ["every byte percent-encoded", `%${bytes.toString("hex").match(/../gu)?.join("%") ?? ""}`],
    ["base64 in a URL", encodeURIComponent(bytes.toString("base64"))],
    ["JSON in ASCII alone", json(VALUE, /[^ -~]/gu)],
    ["JSON for HTML", json(VALUE, /[<>&'/é]/gu)],
    ["JSON with \\/", JSON.stringify(VALUE).slice(1, -1).replaceAll("/", "\\/")],
    ["every letter in JSON escaped", json(VALUE, /[^]/gu)],
    ["bytes of C", bytes.toString("hex").replaceAll(/../gu, "\\x$&")],
    ["bytes of shells", octal(VALUE)],
    ["JSON in JSON", JSON.stringify(JSON.stringify(VALUE).slice(1, -1)).slice(1, -1)],
    [
      "JSON in JSON, in ASCII alone",
      json(
        JSON.stringify(json(JSON.stringify(VALUE).slice(1, -1), /[^ -~]/gu)).slice(1, -1),
        /[^ -~]/gu,
      ),
    ],
    ["what a shell traces", VALUE.replaceAll("'", "'\\''")],
    ["HTML", html(VALUE, "&#39;")],
    ["HTML of PHP", html(VALUE, "&#039;")],
    ["XML", html(VALUE, "&apos;")],
    ["wrapped base64", bytes.toString("base64").replaceAll(/.{8}/gu, "$&\n")],
    ["hex with colons", bytes.toString("hex").replaceAll(/../gu, "$&:")],
    ["upper-case hex in columns", bytes.toString("hex").toUpperCase().replaceAll(/../gu, "$&, ")],
    ["grouped hex", bytes.toString("hex").replaceAll(/..../gu, "$& ")],
  ];
  it.each(forms)("conceals %s", async (_, form) => {
    const out = await text(VALUE, `before ${form} after`);
    expect(out).toContain(CONCEALED);
    expect(out.replace(CONCEALED, "").replaceAll(/[\s=:,]/gu, "")).toBe("beforeafter");
  });

  it("conceals base64 in lines where a writer escapes the ends of these", async () => {
    const long = randomBytes(100).toString("base64url");
    for (const columns of [60, 64, 76]) {
      const lines = Buffer.from(long)
        .toString("base64")
        .replaceAll(new RegExp(`.{${columns}}`, "gu"), "$&\n");
      expect(await text(long, JSON.stringify({ c: lines.trimEnd() }))).toBe(`{"c":"${CONCEALED}"}`);
    }
  });

  it("conceals the longer strings of a value that is JSON, in each form", async () => {
    const value = JSON.stringify({ user: "svc", list: [{ password: "hunter2hunter2 &x" }], n: 1 });
    for (const form of ["hunter2hunter2 &x", "hunter2hunter2+%26x", "hunter2hunter2 \\u0026x"]) {
      expect(await text(value, `svc ${form}!`)).toBe(`svc ${CONCEALED}!`);
    }
    const string = JSON.stringify("hunter2hunter2hunter2");
    for (const written of [string, `\ufeff${value}`, `${" ".repeat(80)}${value}`]) {
      const of = written === string ? "hunter2hunter2hunter2" : "hunter2hunter2 &x";
      expect(await text(written, `a ${of}`)).toBe(`a ${CONCEALED}`);
    }
    expect(await text('{"a": "production"', "production")).toBe("production");
    expect(await text('{"a": "production"}', "production")).toBe("production");
  });

  it("conceals a value amid others in base64, wherever it lies", async () => {
    for (const before of ["", "u", "us", "use"]) {
      const all = Buffer.from(`${before}${VALUE}:more`).toString("base64");
      const out = await text(VALUE, all);
      expect(out).toContain(CONCEALED);
      // The characters at either end belong to its neighbours as well.
      expect(out.replace(CONCEALED, "").length).toBeLessThan(before.length * 2 + 16);
    }
  });

  it("conceals a value without the end of its line, and its long lines one by one", async () => {
    const body = "MIIEvQIBADANBgkq\nhkiG9w0BAQEFAASC";
    const pem = `-----BEGIN KEY-----\n${body}\n-----END KEY-----\n`;
    expect(await text(pem, `x${pem.trim()}y`)).toBe(`x${CONCEALED}y`);
    expect(await text(pem, "  | hkiG9w0BAQEFAASC |")).toBe(`  | ${CONCEALED} |`);
    expect(await text(pem, "-----BEGIN KEY-----")).toBe("-----BEGIN KEY-----");
  });

  it("conceals values that overlap, or hold each other, as one", async () => {
    const values = ["abcdefgh", "efghijkl", "cdefgh", "ijklmnop"].map((value) =>
      Buffer.from(value),
    );
    const out = await masked(values, [Buffer.from("<abcdefghijklmnop>")]);
    expect(out.toString()).toBe(`<${CONCEALED}>`);
    const held = ["cdefgh", "abcdefghij"].map((value) => Buffer.from(value));
    const around = await masked(held, [Buffer.from("<abcdefghij> abcdefgh")]);
    expect(around.toString()).toBe(`<${CONCEALED}> ab${CONCEALED}`);
  });

  it("finds a value however the output is cut", async () => {
    const output = Buffer.from(`aa${VALUE.slice(0, 9)}${VALUE}${VALUE}zz`);
    const whole = await masked([bytes], [output]);
    for (let cut = 0; cut <= output.length; cut += 1) {
      const pieces = [output.subarray(0, cut), output.subarray(cut)];
      expect(await masked([bytes], pieces)).toEqual(whole);
    }
    const single = Array.from(output, (byte) => Uint8Array.of(byte));
    expect(await masked([bytes], single)).toEqual(whole);
  });

  it("finds a value behind escapes however the output is cut", async () => {
    const value = "pässwörd 😀/\\ %x";
    const every = Buffer.from(value).toString("hex").replaceAll(/../gu, "%$&");
    const written = [
      every,
      json(value, /[^]/gu),
      encodeURI(value),
      json(value, /[^a-z]/gu),
      json(value, /[^ -[\]-~]/gu),
    ];
    for (const form of written) {
      const output = Buffer.from(`%\\u00${form}\\%${form}`);
      for (let cut = 0; cut <= output.length; cut += 1) {
        const out = await masked(
          [Buffer.from(value)],
          [output.subarray(0, cut), output.subarray(cut)],
        );
        expect([form, out.toString()]).toEqual([form, `%\\u00${CONCEALED}\\%${CONCEALED}`]);
      }
    }
  });

  it("lets through at once what can be no part of a value", () => {
    const mask = new Mask(new Patterns([Buffer.from("hunter22")]));
    mask.write("a prompt: ");
    expect((mask.read() as Buffer).toString()).toBe("a prompt: ");
    mask.write("hunt");
    expect(mask.read()).toBeNull();
    mask.write("ing");
    expect((mask.read() as Buffer).toString()).toBe("hunting");
    // A form that is looked for in one way alone.
    const short = new Mask(new Patterns([Buffer.from('hunt"er')]));
    short.write("hunt&quot;e");
    expect(short.read()).toBeNull();
    short.write("r!");
    expect((short.read() as Buffer).toString()).toBe(`${CONCEALED}!`);
  });

  it("waits for no more white space than lies within a value", () => {
    const mask = new Mask(new Patterns([Buffer.from("0123456789abcdef")]));
    mask.write(`012${" ".repeat(400)}`);
    expect((mask.read() as Buffer).length).toBe(403);
  });

  it("gives the same as a look at the whole, whatever the values and pieces", async () => {
    for (let round = 0; round < 200; round += 1) {
      const letters = (length: number): string =>
        Array.from(randomBytes(length), (byte) => "ab\n"[byte % 3]).join("");
      const values = [6, 7, 9].map((length) => letters(length).replaceAll("\n", "c"));
      const output = letters(300).replaceAll("\n", () => values[randomBytes(1).at(0)! % 3] ?? "");
      const pieces: Buffer[] = [];
      for (let at = 0; at < output.length;) {
        const length = 1 + ((randomBytes(1)[0] ?? 0) % 9);
        pieces.push(Buffer.from(output.slice(at, at + length)));
        at += length;
      }
      const out = await masked(
        values.map((value) => Buffer.from(value)),
        pieces,
      );
      expect(out.toString()).toBe(naive(output, values));
    }
  });
});

/** Every byte of every value marked, then each run of marks written once. */
function naive(output: string, values: readonly string[]): string {
  const spans: [number, number][] = [];
  for (const value of values) {
    for (const form of formsOf(Buffer.from(value)).map(String)) {
      for (let at = output.indexOf(form); at !== -1; at = output.indexOf(form, at + 1)) {
        spans.push([at, at + form.length]);
      }
    }
  }
  spans.sort(([a], [b]) => a - b);
  let [shown, at] = ["", 0];
  let until = 0;
  for (const [start, end] of spans) {
    if (start >= until) shown += output.slice(at, start) + CONCEALED;
    until = Math.max(until, end);
    at = until;
  }
  return shown + output.slice(at);
}
