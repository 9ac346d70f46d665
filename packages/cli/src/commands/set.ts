import { shellWord } from "@strongroom/client/protocol";
import type { Metadata } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { demanded } from "../demand.ts";
import { writeJson } from "../output.ts";

/** `set`: the value comes from a pipe, a file or a hidden prompt, never from the command line. */
export const set: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  creates: true,
  options: {
    "content-type": { type: "string", value: "TYPE", help: "what the value is, as in HTTP" },
    expires: { type: "string", value: "WHEN", help: "30d, 12h, 15m, or a date as in ISO 8601" },
    "from-file": { type: "string", value: "FILE", help: "read the value from a file; - is stdin" },
    "if-absent": { type: "boolean", help: "only if there is no such secret" },
    "if-version": { type: "string", integer: true, value: "N", help: "only if version N stands" },
    note: { type: "string", value: "TEXT", help: "a note, stored beside the value" },
    raw: { type: "boolean", help: "keep the newline at the end of what is piped" },
    tag: { type: "string", multiple: true, value: "TAG", help: "a tag; may be given repeatedly" },
  },
  examples: [
    'printf %s "$TOKEN" | strongroom set github/token',
    "strongroom set github/token --from-file token.txt --tag ci --expires 90d",
    "strongroom set github/token    # asks without showing what is typed",
  ],
  surplus: ([name]) =>
    name === undefined
      ? "strongroom help set"
      : `the value never comes from the command line, where others see it: printf %s "$VALUE" | strongroom set ${shellWord(name)}`,
  async run({ positionals: [name = ""], values, caller }) {
    const { readValue } = await import("../value-input.ts");
    const expect = await demanded(values);
    const metadata = await describe(values);
    const value = await readValue(name, values);
    const { encodeValue } = await import("@strongroom/client/hot");
    const written = await caller.change("secret/set", {
      name,
      ...(await encodeValue(value)),
      ...(metadata === undefined ? {} : { metadata }),
      ...(expect === undefined ? {} : { expect }),
    });
    if (values["json"] === true) writeJson(written);
    return 0;
  },
};

async function describe(values: Given["values"]): Promise<Metadata | undefined> {
  const { "content-type": contentType, expires, note, tag: tags } = values;
  const metadata = {
    ...(typeof contentType === "string" ? { contentType } : {}),
    ...(typeof note === "string" ? { note } : {}),
    ...(Array.isArray(tags) ? { tags: tags as readonly string[] } : {}),
    ...(typeof expires === "string" ? { expiresAt: await moment(expires) } : {}),
  };
  return Object.keys(metadata).length === 0 ? undefined : metadata;
}

async function moment(text: string): Promise<number> {
  const at = (await import("../moment.ts")).parseMoment(text, Date.now());
  if (at !== undefined) return at;
  const { StrongroomError } = await import("@strongroom/client/protocol");
  throw new StrongroomError("INVALID", "--expires takes 30d, 12h, 15m or a date in the future", {
    hint: "strongroom help set",
  });
}
