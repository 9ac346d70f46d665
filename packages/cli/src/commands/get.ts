import type { Command } from "../command.ts";
import { isTerminal, writeData, writeJson, writeNote } from "../output.ts";

const STALE =
  "strongroom: this is an old value: its renewer failed; strongroom renewer list says why";

/** `get`: the value and nothing but the value, so that programs can take it as it is. */
export const get: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    metadata: { type: "boolean", help: "what is known of it, without its value" },
    raw: { type: "boolean", help: "the bytes as they are, on a terminal too" },
    version: {
      type: "string",
      integer: true,
      value: "N",
      help: "a kept version instead of the current one",
    },
  },
  examples: [
    "strongroom get github/token",
    "strongroom get github/token --version 3 | wc -c",
    "strongroom get github/token --metadata",
  ],
  async run({ positionals: [name = ""], values, caller }) {
    if (values["metadata"] === true) {
      return await (await import("../metadata.ts")).showMetadata({ caller, name, values });
    }
    const version = Number(values["version"]);
    const found = await caller.call("secret/get", version > 0 ? { name, version } : { name });
    if (values["json"] === true) {
      writeJson(found);
      return 0;
    }
    if (found.stale === true) writeNote(STALE);
    const bytes = Buffer.from(found.value, found.encoding);
    if (values["raw"] === true || !isTerminal(1)) writeData(bytes);
    else writeData(`${(await import("../escape.ts")).escapeText(bytes.toString())}\n`);
    return 0;
  },
};
