import { execFile } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import { StrongroomError } from "@strongroom/client/protocol";
import { Steps } from "../steps.ts";
import type { Asked, Found, Item } from "./found.ts";
import { Skips } from "./skips.ts";
import { readSource, unreadable, wrongKey } from "./source-file.ts";

const MOST_BYTES = 1_048_576;

/** Where pass keeps its files. */
export function usualPass(env: NodeJS.ProcessEnv): string {
  return env["PASSWORD_STORE_DIR"] ?? join(homedir(), ".password-store");
}

/** A folder of pass: each file opened by gpg, which asks for its passphrase itself. */
export async function readPass(
  folder: string,
  asked: Pick<Asked, "isSkipping"> = {},
): Promise<Found> {
  const files = filesBelow(folder);
  const steps = new Steps("opening", files.length);
  const skips = new Skips(asked);
  const items: Item[] = [];
  for (const path of files) {
    const text = await skips.open(async () => {
      // Looked at before gpg is: no link, no pipe.
      readSource(path);
      return await opened(path);
    });
    if (text === undefined) continue;
    const value = text.at(-1) === 0x0a ? text.subarray(0, -1) : text;
    const name = relative(folder, path).slice(0, -".gpg".length).replaceAll("\\", "/");
    items.push({ name, value, updatedAt: Number(statSync(path, { bigint: true }).mtimeMs) });
    steps.reach(items.length);
  }
  steps.end();
  skips.demandOpened();
  return { items, credentials: [], remarks: [], leftOut: skips.leftOut };
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.name.endsWith(".gpg") && !entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
      .toSorted();
  } catch (error) {
    throw unreadable(folder, error);
  }
}

async function opened(path: string): Promise<Buffer> {
  try {
    const args = ["--quiet", "--batch", "--decrypt", "--", path];
    const { stdout } = await promisify(execFile)("gpg", args, {
      encoding: "buffer",
      maxBuffer: MOST_BYTES,
    });
    return stdout;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      throw new StrongroomError("INVALID", "pass is read by gpg, which is not installed", {
        hint: "install gnupg, then repeat the command",
      });
    }
    throw wrongKey(path, "gpg does not open it", "gpg --decrypt FILE says why");
  }
}
