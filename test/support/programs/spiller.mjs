// Writes every form of a value, cut at every place, and text between, until it is a mebibyte.
import { writeSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const value = process.env.VALUE;
const bytes = Buffer.from(value);
const forms = [
  value,
  bytes.toString("base64"),
  bytes.toString("base64url"),
  bytes.toString("hex"),
  bytes.toString("hex").toUpperCase(),
  encodeURIComponent(value),
  new URLSearchParams({ v: value }).toString().slice(2),
  JSON.stringify(value).slice(1, -1),
  encodeURI(value),
  Object.assign(new URL("http://u@h/"), { password: value }).password,
  value.replaceAll(
    /[^a-z]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  ),
];
const LINE = `${"0123456789abcdef ".repeat(20)}\n`;
let written = 0;

function write(text) {
  for (let rest = Buffer.from(text); rest.length > 0;) {
    try {
      const length = writeSync(1, rest);
      written += length;
      rest = rest.subarray(length);
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

for (const form of forms) {
  for (let cut = 1; cut < form.length; cut += 1) {
    write(LINE + form.slice(0, cut));
    // So that both halves are read apart.
    await pause(2);
    write(form.slice(cut) + LINE);
  }
}
for (const form of forms) write(form);
while (written < 1_048_576) write(LINE);
