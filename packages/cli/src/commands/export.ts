import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { escapeText } from "../escape.ts";
import { collect } from "../exports/collect.ts";
import { asDotenv, asJson, asShell } from "../exports/formats.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";

const FORMATS = ["age", "dotenv", "json", "shell"] as const;

/** `export`: the secrets for another program, sealed or in plain text. */
export const exportSecrets: Command = {
  operands: "[PATTERN]",
  arity: [0, 1],
  takes: "secret",
  options: {
    force: { type: "boolean", help: "write into a git work tree, too" },
    format: { type: "string", value: "age", help: "age, dotenv, json or shell; age seals it" },
    out: { type: "string", short: "o", value: "FILE", help: "where to, 0600; else to stdout" },
    prefix: { type: "string", value: "P", help: "those below P/, which is left out of variables" },
    recipient: {
      type: "string",
      multiple: true,
      value: "age1…",
      help: "who opens it; else whoever opens the vault",
    },
  },
  examples: [
    "strongroom export --out secrets.age",
    "strongroom export --format dotenv --prefix app/dev --out .env --force",
    'eval "$(strongroom export --format shell --prefix app/dev)"',
    "strongroom export 'app/**' --format json > secrets.json",
  ],
  notes: [
    "The age file holds what --format json prints, and opens with age -d -i KEYFILE. dotenv and",
    "shell make variables of names: APP_DEV_DB_URL of app/dev/db-url. OAuth credentials stay where",
    "they are. A program that only needs the values is better run with them: strongroom help run.",
  ],
  async run(input) {
    const { out, force } = input.values;
    if (typeof out === "string" && force !== true) {
      const { demandNoWorkTree } = await import("../work-tree.ts");
      demandNoWorkTree(out, "strongroom export --out FILE --force");
    }
    const { bytes, count } = await made(input);
    if (typeof out === "string") {
      (await import("../replace-file.ts")).replaceFile(out, bytes);
      if (input.values["json"] === true) writeJson({ file: out, secrets: count });
    } else if (isTerminal(1)) writeData(escapeText(Buffer.from(bytes).toString()));
    else writeData(bytes);
    return 0;
  },
};

async function made(input: Input): Promise<{ readonly bytes: Uint8Array; readonly count: number }> {
  const { caller, values } = input;
  const { format = "age", out, recipient } = values;
  const known = FORMATS.find((each) => each === format);
  if (known === undefined) throw usage(`--format takes ${FORMATS.join(", ")}`);
  if (recipient !== undefined && known !== "age") throw usage("--recipient goes with --format age");
  if (known === "age" && out === undefined && isTerminal(1))
    throw usage("it takes --out FILE, or a pipe");
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
  const strip = prefix.endsWith("/") ? prefix : `${prefix}/`;
  return { pattern: `${strip}**`, strip };
}

function usage(what: string): StrongroomError {
  return new StrongroomError("INVALID", `export: ${what}`, { hint: "strongroom help export" });
}
