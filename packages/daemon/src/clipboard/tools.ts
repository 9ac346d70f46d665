import { spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { CLIPBOARD_FOLDERS, LIMITS, StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import { outputOf } from "../sources/output-of.ts";
import type { ProgramWords } from "../sources/output-of.ts";
import { ownProgram } from "../sources/own-program.ts";

/** Which clipboard, and by what it is reached. */
export type Place = Pick<Params<"clipboard/clear">, "display" | "tool">;

/** How a clipboard is read and cleared. */
export interface ClipboardTools {
  /** What it holds. */
  read(place: Place): Promise<Buffer>;
  clear(place: Place): Promise<void>;
  /** Rejects with `UNAVAILABLE` where the programs of it are not there, or not to be trusted. */
  demand(place: Place): Promise<void>;
}

const DEADLINE_MS = 5000;

const READ: { readonly [T in Place["tool"]]: readonly string[] } = {
  pbcopy: ["pbpaste"],
  "wl-copy": ["wl-paste", "--no-newline"],
  xclip: ["xclip", "-selection", "clipboard", "-out"],
  xsel: ["xsel", "--clipboard", "--output"],
};
const CLEAR: { readonly [T in Place["tool"]]: readonly string[] } = {
  pbcopy: ["pbcopy"],
  "wl-copy": ["wl-copy", "--clear"],
  xclip: ["xclip", "-selection", "clipboard", "-in", "/dev/null"],
  xsel: ["xsel", "--clipboard", "--clear"],
};

/** The programs of the system: found in its folders, and nobody else's to change. */
export const systemTools: ClipboardTools = {
  async demand({ tool }) {
    for (const [program = ""] of [READ[tool], CLEAR[tool]]) await find(program);
  },
  async read({ display, tool }) {
    const [program = "", ...args] = READ[tool];
    const limits = { deadlineMs: DEADLINE_MS, longestBytes: LIMITS.valueBytes + 2, env: display };
    return await outputOf([await find(program), ...args], limits, words(tool));
  },
  async clear({ display, tool }) {
    const [program = "", ...args] = CLEAR[tool];
    const path = await find(program);
    // What holds the selection stays behind, with nothing of ours open.
    const child = spawn(path, args, {
      cwd: "/",
      env: { ...display },
      stdio: "ignore",
      detached: true,
    });
    child.unref();
    await new Promise<void>((resolve, reject) => {
      const limit = setTimeout(resolve, DEADLINE_MS).unref();
      child.once("error", reject).once("exit", () => {
        clearTimeout(limit);
        resolve();
      });
    });
  },
};

async function find(program: string): Promise<string> {
  for (const folder of CLIPBOARD_FOLDERS) {
    const path = join(folder, program);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return await ownProgram(path, words(program));
  }
  throw words(program).failed(`it is in none of ${CLIPBOARD_FOLDERS.join(", ")}`);
}

function words(program: string): ProgramWords {
  const said = (what: string, cause?: unknown): StrongroomError =>
    new StrongroomError("UNAVAILABLE", `the clipboard by ${program}: ${what}`, {
      hint: "install wl-clipboard, xclip or xsel by the system, or pipe the value: strongroom get NAME",
      cause,
    });
  return { denied: said, failed: said };
}
