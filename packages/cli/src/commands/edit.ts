import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Command } from "../command.ts";
import { changeFreshly } from "../fresh-change.ts";
import { writeJson, writeNote } from "../output.ts";
import { canAsk } from "../prompt.ts";
import { Refusal } from "../refusal.ts";
import { SecretFiles } from "../run/secret-files.ts";

/** `edit`: a value in your editor, stored when it has changed. */
export const edit: Command = {
  operands: "NAME",
  arity: [1, 1],
  takes: "secret",
  options: {},
  examples: ["strongroom edit db/config", "EDITOR='code --wait' strongroom edit db/config"],
  notes: [
    "Opens VISUAL or EDITOR, else vi, with a file that only you can read, in the folder of this",
    "login's runtime, gone afterwards. An editor that fails, or an unchanged file, stores nothing.",
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
        await open(path);
        edited = readFileSync(path);
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

async function open(path: string): Promise<void> {
  const { EDITOR, VISUAL } = process.env;
  // A shell, as of git and crontab: what is set may have arguments.
  const editor = VISUAL ?? EDITOR ?? "vi";
  const child = spawn("sh", ["-c", `${editor} "$1"`, editor, path], { stdio: "inherit" });
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("exit", resolve);
  });
  if (status === 0) return;
  throw new Refusal("ABORTED", "the editor failed; nothing was stored", "strongroom help edit");
}
