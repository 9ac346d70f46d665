import { createHash } from "node:crypto";
import { StrongroomError } from "@strongroom/client/protocol";
import { findTool } from "../clipboard.ts";
import type { Command } from "../command.ts";
import { spanOf } from "../moment.ts";
import { writeJson, writeNote } from "../output.ts";
import { fieldOf } from "../references/field.ts";

const USUAL_MS = 45_000;

/** `copy`: a value into the clipboard, for a while. */
export const copy: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    clear: { type: "string", value: "45s", help: "when it is cleared again: 10s, 2m" },
    field: { type: "string", value: "F", help: "a field of a value that is JSON" },
  },
  examples: [
    "strongroom copy github/token",
    "strongroom copy db/config --field password --clear 15s",
  ],
  notes: [
    "By wl-copy, xclip, xsel or pbcopy of the system. The daemon clears it, if it still holds this",
    "value then; at once when it is stopped or the vault is locked. Where the daemon could not, nothing",
    "is copied. Clipboard managers may have kept it.",
  ],
  async run({ caller, positionals: [name = ""], values }) {
    const { clear, field } = values;
    const after = typeof clear === "string" ? spanOf(clear) : USUAL_MS;
    if (after === undefined) {
      throw new StrongroomError("INVALID", "--clear takes a time such as 10s, 45s or 2m", {
        hint: "strongroom copy NAME --clear 45s",
      });
    }
    const tool = findTool(process.env);
    const found = await caller.call("secret/get", { name });
    const whole = Buffer.from(found.value, found.encoding);
    const value = typeof field === "string" ? fieldOf(whole, field, { name, shown: name }) : whole;
    const sha256 = createHash("sha256").update(value).digest("hex");
    // First the promise to clear it: whoever is killed in between has copied nothing.
    await caller.call("clipboard/clear", { tool: tool.name, display: tool.display, sha256, after });
    await tool.write(value);
    if (values["json"] === true) writeJson({ name, tool: tool.name, clearsAfterMs: after });
    else writeNote(`strongroom: copied; cleared after ${after / 1000} s`);
    return 0;
  },
};
