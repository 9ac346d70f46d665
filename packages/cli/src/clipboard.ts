import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { CLIPBOARD_FOLDERS, StrongroomError } from "@strongroom/client/protocol";
import type { Params } from "@strongroom/client/protocol";
import { Refusal } from "./refusal.ts";

type Asked = Params<"clipboard/clear">;

/** A clipboard that there is here. */
export interface Clipboard {
  readonly name: Asked["tool"];
  readonly display: Asked["display"];
  /** Puts bytes into it. */
  write(value: Buffer): Promise<void>;
}

const WAYS: readonly {
  readonly name: Asked["tool"];
  readonly args: readonly string[];
  readonly needs?: "DISPLAY" | "WAYLAND_DISPLAY";
}[] = [
  { name: "wl-copy", args: [], needs: "WAYLAND_DISPLAY" },
  { name: "xclip", args: ["-selection", "clipboard", "-in"], needs: "DISPLAY" },
  { name: "xsel", args: ["--clipboard", "--input"], needs: "DISPLAY" },
  { name: "pbcopy", args: [] },
];
const DISPLAY = ["DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "XDG_RUNTIME_DIR"] as const;

/**
 * The clipboard of this login; unsupported (exit 18) where there is none, or no program for it where
 * the daemon, which is to clear it, finds the same.
 */
export function findTool(env: NodeJS.ProcessEnv): Clipboard {
  const usable = WAYS.filter(({ needs }) => needs === undefined || (env[needs] ?? "") !== "");
  for (const { args, name } of usable) {
    const path = programIn(CLIPBOARD_FOLDERS, name);
    if (path !== undefined) {
      return { name, display: displayOf(env), write: (value) => write(path, args, value) };
    }
  }
  const stray = usable.find(({ name }) => programIn((env["PATH"] ?? "").split(delimiter), name));
  throw new Refusal(
    "UNSUPPORTED",
    stray === undefined
      ? "there is no clipboard here, or no program for it"
      : `the daemon could not clear it again: ${stray.name} is in none of ${CLIPBOARD_FOLDERS.join(", ")}`,
    "install wl-clipboard, xclip or xsel by the system, or pipe the value: strongroom get NAME",
  );
}

function displayOf(env: NodeJS.ProcessEnv): Asked["display"] {
  return Object.fromEntries(
    DISPLAY.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  ) as Asked["display"];
}

function programIn(folders: readonly string[], program: string): string | undefined {
  for (const folder of folders) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {
      // In the next one, perhaps.
    }
  }
  return undefined;
}

async function write(program: string, args: readonly string[], value: Buffer): Promise<void> {
  // What holds the selection stays behind, with nothing of ours open.
  const child = spawn(program, args, { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.on("error", () => undefined).end(value);
  const status = await new Promise<number | null>((resolve) => {
    child.once("error", () => resolve(null)).once("exit", resolve);
  });
  if (status === 0) return;
  throw new StrongroomError("UNAVAILABLE", `${program} took nothing (${status ?? "not run"})`, {
    hint: "look whether the display is there: echo $WAYLAND_DISPLAY $DISPLAY",
  });
}
