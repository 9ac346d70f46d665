import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { Refusal } from "./refusal.ts";
import { isInForeground } from "./run/signals.ts";

const TYPED = ["SIGINT", "SIGQUIT"] as const;
const SENT = ["SIGHUP", "SIGTERM"] as const;
const USUAL = process.platform === "win32" ? "notepad" : "vi";

/**
 * Opens a file in the editor of whoever is at the terminal. `ABORTED` when the editor fails, and at
 * once when a signal asks for the end, so that what stands in the file can be taken away.
 */
export async function openInEditor(path: string): Promise<void> {
  const { EDITOR, VISUAL } = process.env;
  // A shell, as of git and crontab: what is set may have arguments.
  const editor = [VISUAL, EDITOR].find((each) => each !== undefined && each !== "") ?? USUAL;
  let child: ChildProcess | undefined;
  const over = new AbortController();
  const end = (signal: NodeJS.Signals): void => {
    child?.kill(signal);
    child?.unref();
    over.abort();
  };
  const endUnlessTyped = (signal: NodeJS.Signals): void => {
    // What is typed has reached the editor, for which it may mean something else.
    if (!isInForeground()) end(signal);
  };
  for (const signal of SENT) process.on(signal, end);
  for (const signal of TYPED) process.on(signal, endUnlessTyped);
  const status = await new Promise<number | null>((resolve, reject) => {
    over.signal.addEventListener("abort", () => resolve(null));
    child = started(editor, path);
    child.once("error", reject).once("exit", resolve);
  });
  if (status === 0) {
    for (const signal of SENT) process.off(signal, end);
    for (const signal of TYPED) process.off(signal, endUnlessTyped);
    return;
  }
  // They stay: the signal that ended the editor may reach this process after the editor's end.
  throw new Refusal("ABORTED", "the editor failed; nothing was stored", "strongroom help edit");
}

function started(editor: string, path: string): ChildProcess {
  if (process.platform !== "win32") {
    return spawn("sh", ["-c", `${editor} "$1"`, editor, path], { stdio: "inherit" });
  }
  const line = `"${editor} "${path}""`;
  const options = { stdio: "inherit", windowsVerbatimArguments: true } as const;
  return spawn("cmd.exe", ["/d", "/s", "/c", line], options);
}
