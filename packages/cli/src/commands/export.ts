import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { escapeText } from "../escape.ts";
import { collect } from "../exports/collect.ts";
import { asDotenv, asJson, asShell } from "../exports/formats.ts";
import { PASSPHRASE_OPTIONS } from "../passphrase.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";

const FORMATS = ["age", "dotenv", "json", "shell"] as const;

/** `export`: the secrets for another program, sealed or in plain text. */
export const exportSecrets: Command = {
  operands: "[PATTERN or PATH]",
  arity: [0, 1],
  takes: "secret",
  options: {
    force: { type: "boolean", help: "also into a git work tree, or (--to) over what is there" },
    format: {
      type: "string",
      value: "age",
      completes: FORMATS,
      help: "age, dotenv, json or shell; age seals it",
    },
    out: { type: "string", short: "o", value: "FILE", help: "where to, 0600; else to stdout" },
    ...PASSPHRASE_OPTIONS,
    prefix: { type: "string", value: "P", help: "those below P/, which is left out of names" },
    recipient: {
      type: "string",
      multiple: true,
      value: "age1…",
      help: "who opens it; else whoever opens the vault",
    },
    retire: { type: "boolean", help: "--to mcporter: refresh tokens leave the vault for it" },
    to: {
      type: "string",
      value: "KIND",
      completes: ["gogcli", "mcporter", "swamp", "toolhive"],
      help: "gogcli, mcporter, swamp or toolhive, to PATH",
    },
  },
  examples: [
    "strongroom export --out secrets.age",
    "strongroom export --format dotenv --prefix app/dev --out .env --force",
    'eval "$(strongroom export --format shell --prefix app/dev)"',
    "strongroom export 'app/**' --format json > secrets.json",
    "strongroom export --to toolhive ~/secrets_encrypted --prefix thv",
    "strongroom export --to mcporter ~/credentials.json --retire",
  ],
  notes: [
    "The age file holds what --format json prints, and opens with age -d -i KEYFILE. dotenv and",
    "shell make variables of names: APP_DEV_DB_URL of app/dev/db-url. OAuth credentials stay where",
    "they are. A name that would be a variable which decides what programs do (PATH, LD_PRELOAD, ...)",
    "is refused. A program that only needs the values is better run with them: strongroom help run.",
    "--out is written whole or not at all; a pipe or a device such as /dev/stdout is written into, and",
    "a folder or socket is refused.",
    "",
    "--to writes what another system reads: ToolHive's file, gogcli's folder of keys, a vault of",
    "swamp, mcporter's file. Names and values that it cannot have are listed, and the status is 15.",
    "Of OAuth credentials mcporter gets the access tokens; with --retire the refresh tokens as well,",
    "each recorded, and they go from the vault: two programs that refresh one end it for both.",
  ],
  async run(input) {
    const { out: path, force, to } = input.values;
    if (to !== undefined) {
      if (path !== undefined || input.values["format"] !== undefined) {
        throw usage("--to goes with neither --out nor --format");
      }
      const { exportTo } = await import("../exports/systems.ts");
      return await exportTo(input, prefixOf(input));
    }
    const command = "strongroom export --out FILE --force";
    const out =
      typeof path === "string"
        ? (await import("../out-file.ts")).outTo(path, { command, isForced: force === true })
        : undefined;
    const { bytes, count } = await made(input, out !== undefined);
    if (out !== undefined) {
      out.write(bytes);
      if (input.values["json"] === true) writeJson({ file: path, secrets: count });
    } else if (isTerminal(1)) writeData(escapeText(Buffer.from(bytes).toString()));
    else writeData(bytes);
    return 0;
  },
};

async function made(
  input: Input,
  isFile: boolean,
): Promise<{ readonly bytes: Uint8Array; readonly count: number }> {
  const { caller, values } = input;
  const { format = "age", recipient } = values;
  const known = FORMATS.find((each) => each === format);
  if (known === undefined) throw usage(`--format takes ${FORMATS.join(", ")}`);
  if (recipient !== undefined && known !== "age") throw usage("--recipient goes with --format age");
  if (known === "age" && !isFile && isTerminal(1)) throw usage("it takes --out FILE, or a pipe");
  const { pattern, strip } = chosen(input);
  const secrets = await collect(caller, pattern);
  const count = secrets.length;
  if (known === "dotenv") return { bytes: Buffer.from(asDotenv(secrets, strip)), count };
  if (known === "shell") return { bytes: Buffer.from(asShell(secrets, strip)), count };
  if (known === "json") return { bytes: Buffer.from(asJson(secrets)), count };
  const { seal } = await import("../exports/seal.ts");
  const recipients = Array.isArray(recipient) ? recipient.map(String) : [];
  return { bytes: await seal(caller, asJson(secrets), recipients), count };
}

function chosen({ positionals: [pattern], values: { prefix } }: Input): {
  readonly pattern: string;
  readonly strip: string;
} {
  if (typeof prefix !== "string") return { pattern: pattern ?? "**", strip: "" };
  if (pattern !== undefined) throw usage("--prefix and PATTERN cannot both hold");
  const strip = prefixOf({ values: { prefix } });
  return { pattern: `${strip}**`, strip };
}

function prefixOf({ values: { prefix } }: Pick<Input, "values">): string {
  if (typeof prefix !== "string") return "";
  return prefix.endsWith("/") ? prefix : `${prefix}/`;
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `export: ${what}`, { hint: "strongroom help export" });
}
