import { realpathSync } from "node:fs";
import { StrongroomError } from "@strongroom/client/protocol";

/** The file itself of mcporter's file, whatever links lead there. */
export function realPath(path: string, hint: string): string {
  try {
    return realpathSync(path);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "an error";
    throw new StrongroomError(code === "ENOENT" ? "NOT_FOUND" : "INVALID", `${path}: ${code}`, {
      hint,
    });
  }
}
