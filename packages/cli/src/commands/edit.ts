import type { Command } from "../command.ts";
import { openInEditor } from "../editor.ts";
import { changeFreshly } from "../fresh-change.ts";
import { writeJson, writeNote } from "../output.ts";
import { canAsk } from "../prompt.ts";
import { Refusal } from "../refusal.ts";
import { SecretFiles } from "../run/secret-files.ts";
import { LINE_FEED, withoutNewline } from "../value-input.ts";

/** `edit`: a value in your editor, stored when it has changed. */
export const edit: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {
    raw: { type: "boolean", help: "keep the newline that the editor puts at the end" },
  },
  examples: ["strongroom edit db/config", "EDITOR='code --wait' strongroom edit db/config"],
  notes: [
    "Opens VISUAL or EDITOR, else vi, with a file that only you can read, in the folder of this",
    "login's runtime, gone afterwards. An editor that fails, or an unchanged file, stores nothing.",
    "One newline at the end is left out where the value had none, for editors put one there.",
    "Editors that keep copies keep this one, too: look at their backups and undo files.",
  ],
  async run({ caller, positionals: [name = ""], values }) {
    if (!canAsk()) {
      throw new Refusal("NO_TERMINAL", "an editor needs a terminal", "strongroom set NAME < FILE");
    }
    const files = new SecretFiles(process.env);
    let edited: Buffer | undefined;
    try {
      const { encodeValue } = await import("@strongroom/client/hot");
      const done = await changeFreshly(caller, name, async ({ encoding, value, version }) => {
        const current = Buffer.from(value, encoding);
        // What was typed is somebody's work: it is shown again, and overwrites nothing unseen.
        if (edited !== undefined)
          writeNote(`strongroom: somebody stored version ${version} meanwhile`);
        const path = files.write("value", edited ?? current);
        await openInEditor(path);
        const taken = files.take(path);
        const isMeant = values["raw"] === true || current.at(-1) === LINE_FEED;
        edited = isMeant ? taken : withoutNewline(taken);
        return edited.equals(current) ? undefined : await encodeValue(edited);
      });
      if (values["json"] === true) writeJson({ name, ...done });
      else if (!done.isChanged) writeNote("strongroom: unchanged; nothing was stored");
      return 0;
    } finally {
      files.remove();
    }
  },
};
