import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { isHeldLock } from "../imports/mcporter-lock.ts";
import { realPath } from "../imports/real-path.ts";
import { feedFile } from "../mcporter/feeding.ts";
import type { Feeding } from "../mcporter/feeding.ts";
import { openClient } from "../open.ts";
import { writeJson, writeNote } from "../output.ts";
import { proveIfAsked } from "../prove.ts";
import { MISSING, ofFile } from "./file-hints.ts";
import { invalid } from "./part.ts";

/** What an import calls the accounts of mcporter. */
const USUAL = "mcp/**";

/** `oauth feed [PATTERN] --to-mcporter FILE`, until it is interrupted or the vault is locked. */
export async function feed({ positionals: [, pattern = USUAL], values }: Input): Promise<number> {
  const { "to-mcporter": path } = values;
  if (typeof path !== "string") throw invalid("oauth feed takes --to-mcporter FILE");
  const file = realPath(path, MISSING.feed);
  const interrupted = new AbortController();
  for (const signal of ["SIGHUP", "SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort());
  }
  const { signal } = interrupted;
  const client = await openClient({ values }, { name: "strongroom-mcporter" });
  try {
    await proveIfAsked(client, values);
    const ready = (names: readonly string[]): void => {
      if (values["json"] === true) writeJson({ file, credentials: names });
      else writeNote(`strongroom: ${names.length} kept fresh in ${escapeLine(file)}`);
    };
    await feedFile({ client, file, pattern, signal, ready, ...reports(file) });
    writeNote("strongroom: the vault is locked; strongroom unlock opens it");
    return 7;
  } catch (error) {
    if (signal.aborted) return 0;
    throw ofFile(error, file, "feed");
  } finally {
    client.close();
  }
}

function reports(file: string): Pick<Feeding, "remark" | "trouble"> {
  const place = escapeLine(file);
  const words = {
    absent: `is not in ${place}`,
    claimed: `is one of several for the same account in ${place}, which is left as it is`,
    other: `is of another client or server than in ${place}, which is left as it is`,
    ours: "",
    own: `has a refresh token in ${place}, which is left as it is`,
    shared: "is not adopted yet",
  };
  return {
    remark: (name, why) => {
      const isError = why instanceof StrongroomError;
      writeNote(
        `strongroom: ${escapeLine(name)} ${isError ? `is not fresh: ${escapeLine(why.message)}` : words[why]}`,
      );
      writeNote(`  next: ${isError ? escapeLine(why.hint) : nextOf(name, why, file)}`);
    },
    trouble: (error) => {
      writeNote(`strongroom: ${escapeLine(error.message)}; tried again`);
      const isLocked = isHeldLock(error, file);
      const lock = escapeLine(`${file}.lock`);
      writeNote(
        `  next: ${isLocked ? `where no mcporter runs: rm ${shellWord(lock)}` : escapeLine(error.hint)}`,
      );
    },
  };
}

function nextOf(name: string, why: string, file: string): string {
  const [credential, path] = [escapeLine(shellWord(name)), escapeLine(shellWord(file))];
  if (why === "shared") return `strongroom oauth adopt ${credential} --from-mcporter ${path}`;
  if (why === "own") {
    return `strongroom oauth logout ${credential}, then strongroom import --from mcporter ${path}, then strongroom oauth adopt ${credential} --from-mcporter ${path}`;
  }
  return why === "claimed"
    ? "strongroom oauth feed PATTERN --to-mcporter FILE"
    : "strongroom oauth list";
}
