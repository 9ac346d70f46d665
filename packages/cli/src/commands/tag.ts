import { isDeepStrictEqual } from "node:util";
import type { Metadata } from "@strongroom/client/protocol";
import { StrongroomError } from "@strongroom/client/protocol";
import type { Command, Given } from "../command.ts";
import { changeFreshly } from "../fresh-change.ts";
import { parseMoment } from "../moment.ts";
import { writeJson, writeNote } from "../output.ts";

/** `tag`: what stands beside a value, which stays as it is. */
export const tag: Command = {
  operands: "NAME [TAG ...]",
  arity: [1, 65],
  takes: "secret",
  options: {
    expires: { type: "string", value: "WHEN", help: "30d, 12h, a date, or never" },
    note: { type: "string", value: "TEXT", help: "another note; an empty one takes it away" },
    remove: { type: "boolean", help: "take these tags away" },
  },
  examples: [
    "strongroom tag github/token ci deploy",
    "strongroom tag github/token deploy --remove",
    "strongroom tag github/token --note 'of the build account' --expires 90d",
  ],
  notes: ["The secret gets a new version with the same value."],
  async run({ caller, positionals: [name = "", ...tags], values }) {
    const { expires, note, remove } = values;
    if (tags.length === 0 && expires === undefined && note === undefined) {
      throw new StrongroomError("INVALID", "tag takes tags, --note or --expires", {
        hint: "strongroom help tag",
      });
    }
    const until = momentOf(values);
    const done = await changeFreshly(caller, name, ({ metadata }) => {
      const kept = (metadata.tags ?? []).filter((each) => !tags.includes(each));
      const now = remove === true ? kept : [...new Set([...(metadata.tags ?? []), ...tags])];
      const { expiresAt, note: before, tags: _, ...rest } = metadata;
      const said = typeof note === "string" ? note : before;
      const end = until === undefined ? expiresAt : (until ?? undefined);
      const made: Metadata = {
        ...rest,
        ...(now.length === 0 ? {} : { tags: now }),
        ...(said === undefined || said === "" ? {} : { note: said }),
        ...(end === undefined ? {} : { expiresAt: end }),
      };
      return isDeepStrictEqual(made, metadata) ? undefined : { metadata: made };
    });
    if (values["json"] === true) writeJson({ name, ...done });
    else if (!done.isChanged) writeNote("strongroom: it was so already");
    return 0;
  },
};

/** Undefined = as it is, null = never. */
function momentOf({ expires }: Given["values"]): number | null | undefined {
  if (expires === undefined) return undefined;
  if (expires === "never") return null;
  const at = typeof expires === "string" ? parseMoment(expires, Date.now()) : undefined;
  if (at !== undefined) return at;
  throw new StrongroomError("INVALID", "--expires takes 30d, 12h, a date in the future, or never", {
    hint: "strongroom help tag",
  });
}
