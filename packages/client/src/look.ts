import { dial } from "./dial.ts";
import type { Dialled } from "./dial.ts";
import type { Home, PathEnvironment } from "./protocol/index.ts";

/**
 * Looks whether a daemon serves a home, at its sockets or its pipe. Throws as `dial` does.
 */
export async function look(home: Home, env: PathEnvironment, hasKey: boolean): Promise<Dialled> {
  if (process.platform !== "win32") return dial(home, env, hasKey);
  // Loaded where it is needed.
  return (await import("./pipe.ts")).dialPipe(home);
}
