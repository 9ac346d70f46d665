import { createReadStream } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { escapeText } from "../escape.ts";
import { isTerminal, writeData, writeJson } from "../output.ts";
import { resolve } from "../references/resolve.ts";
import { filtered } from "../templates/filters.ts";
import { parseTemplate } from "../templates/template.ts";
import type { Place } from "../templates/template.ts";
import { readAll } from "../value-input.ts";

const MOST_BYTES = 4_194_304;

/** `inject`: a template with values in the places of its references. */
export const inject: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    allow: { type: "string", multiple: true, value: "GLOB", help: "use no other names than these" },
    force: { type: "boolean", help: "write into a git work tree, too" },
    in: { type: "string", short: "i", value: "FILE", help: "the template; else it is piped" },
    out: { type: "string", short: "o", value: "FILE", help: "where to, 0600; else to stdout" },
  },
  examples: [
    "strongroom inject -i config.tpl -o ~/.config/app/config.json",
    "echo 'url={{ strongroom://db/url | urlencode }}' | strongroom inject",
    "strongroom inject --in app.yaml.tpl --allow 'app/**' | kubectl apply -f -",
  ],
  notes: [
    "{{ strongroom://NAME }} becomes the value, with #FIELD and ?version=N where wanted, and behind",
    "| base64, | json, | shellquote or | urlencode, several in a row. All other text stays as it is.",
    "One value that is missing, and nothing is written. --out is written whole or not at all; a pipe",
    "or a device such as /dev/stdout is written into, and a folder or socket is refused.",
  ],
  async run({ caller, values }) {
    const { allow, force, out: path } = values;
    const command = "strongroom inject --out FILE --force";
    const out =
      typeof path === "string"
        ? (await import("../out-file.ts")).outTo(path, { command, isForced: force === true })
        : undefined;
    const parts = parseTemplate(await readTemplate(values));
    const wanted = parts.filter((part): part is Place => !Buffer.isBuffer(part));
    // Nothing would be asked for, and so nothing is printed; what is written would be.
    if (wanted.length === 0 && values["print-rpc"] === true) return 0;
    const allowed = Array.isArray(allow) ? allow.filter((each) => typeof each === "string") : [];
    const found = await resolve(caller, wanted, { allow: allowed });
    let next = 0;
    const written = parts.map((part) => {
      if (Buffer.isBuffer(part)) return part;
      return filtered(found[next++] ?? Buffer.alloc(0), part.filters, part.where);
    });
    const content = Buffer.concat(written);
    if (out !== undefined) {
      out.write(content);
      if (values["json"] === true) writeJson({ file: path, references: wanted.length });
    } else if (isTerminal(1)) writeData(escapeText(content.toString()));
    else writeData(content);
    return 0;
  },
};

async function readTemplate({ in: file }: Given["values"]): Promise<Buffer> {
  const piped = file === undefined || file === "-";
  if (piped && process.stdin.isTTY) {
    throw new StrongroomError("INVALID", "inject takes a template: a file, or what is piped", {
      hint: "strongroom inject --in TEMPLATE --out FILE",
    });
  }
  let template: Buffer;
  try {
    template = await readAll(piped ? process.stdin : createReadStream(String(file)));
  } catch (error) {
    const next = "strongroom inject --in TEMPLATE --out FILE";
    throw (await import("../unreadable.ts")).unreadable("--in", String(file), { error, next });
  }
  if (template.length <= MOST_BYTES) return template;
  throw new StrongroomError("TOO_LARGE", `a template has at most ${MOST_BYTES} bytes`, {
    hint: "strongroom help inject",
  });
}
