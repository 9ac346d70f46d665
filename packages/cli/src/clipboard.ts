import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
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

/** The clipboard of this login; unsupported (exit 18) where there is none, or no program for it. */
export function findTool(env: NodeJS.ProcessEnv): Clipboard {
  const way = WAYS.find(({ name, needs }) => {
    const isThere = needs === undefined || (env[needs] ?? "") !== "";
    return isThere && isInstalled(name, env);
  });
  if (way === undefined) {
    throw new Refusal(
      "UNSUPPORTED",
      "there is no clipboard here, or no program for it",
      "install wl-clipboard, xclip or xsel, or pipe the value: strongroom get NAME",
    );
  }
  const display = Object.fromEntries(
    DISPLAY.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  ) as Asked["display"];
  return { name: way.name, display, write: (value) => write(way.name, way.args, value) };
}

function isInstalled(program: string, { PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
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
