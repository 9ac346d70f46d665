import { isUtf8 } from "node:buffer";
import { parse } from "dotenv";
import { StrongroomError } from "@strongroom/client/protocol";
import type { SecretValue } from "@strongroom/client/protocol";
import { variableName } from "../references/variable-name.ts";
import { isDeciding } from "../references/deciding.ts";

/** The secrets as JSON, with all that is known of them. */
export function asJson(secrets: readonly SecretValue[]): string {
  return `${JSON.stringify({ schema: 1, secrets })}\n`;
}

/** Lines that dotenv reads back as they were. */
export function asDotenv(secrets: readonly SecretValue[], strip: string): string {
  return variables(secrets, strip)
    .map(([variable, value, name]) => `${variable}=${quoted(value, name)}\n`)
    .join("");
}

/** Lines for a POSIX shell to evaluate. */
export function asShell(secrets: readonly SecretValue[], strip: string): string {
  return variables(secrets, strip)
    .map(([variable, value]) => `export ${variable}='${value.replaceAll("'", String.raw`'\''`)}'\n`)
    .join("");
}

function variables(secrets: readonly SecretValue[], strip: string): [string, string, string][] {
  const made = new Map<string, string>();
  return secrets.map((secret) => {
    const variable = variableName(secret.name.slice(strip.length));
    const other = made.get(variable);
    if (other !== undefined) throw unfit(`both ${other} and ${secret.name} make ${variable}`);
    made.set(variable, secret.name);
    if (isDeciding(variable)) throw decides(variable, secret.name);
    const value = Buffer.from(secret.value, secret.encoding);
    if (!isUtf8(value) || value.includes(0)) throw unfit(`${secret.name} is no text`);
    return [variable, value.toString(), secret.name];
  });
}

/** In the first kind of quotes in which it is read back as it was. */
function quoted(value: string, name: string): string {
  const escaped = value.replaceAll("\n", String.raw`\n`).replaceAll("\r", String.raw`\r`);
  const ways = [`'${value}'`, `\`${value}\``, `"${value}"`, `"${escaped}"`];
  const found = ways.find((way) => {
    const read = parse(`A=${way}\nB=1\n`);
    return read["A"] === value && read["B"] === "1" && Object.keys(read).length === 2;
  });
  if (found === undefined) throw unfit(`no .env file can say ${name}`);
  return found;
}

/** Whoever may store a secret of that name would decide what is run where these lines are used. */
function decides(variable: string, name: string): StrongroomError {
  return new StrongroomError(
    "DENIED",
    `${name} would be ${variable}, which decides what programs do`,
    { hint: "choose fewer names, or another format: strongroom export --format json" },
  );
}

function unfit(message: string): StrongroomError {
  return new StrongroomError("INVALID", `this format cannot hold it: ${message}`, {
    hint: "choose fewer names, or another format: strongroom export --format json",
  });
}
