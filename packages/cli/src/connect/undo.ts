import { rmdirSync } from "node:fs";
import { dirname } from "node:path";
import { shellWord, StrongroomError } from "@strongroom/client/protocol";
import { changeConfig, openConfig } from "./config-file.ts";
import type { Change } from "./connect.ts";
import { digestOf, forgetConnection, readConnections } from "./record.ts";
import type { Kept } from "./record.ts";
import { unsplice } from "./splice.ts";
import type { Part } from "./tool.ts";
import { unifiedDiff } from "./unified.ts";

/**
 * The last connection of a tool that was not taken back; of several without a target, the one that
 * has none either. `INVALID` when it is not said which of several, `NOT_FOUND` when there is none.
 */
export function lastOf(tool: string, target: string | undefined): Kept {
  const found = readConnections().filter(
    (each) => each.tool === tool && (target ?? each.target) === each.target,
  );
  const last = found.at(-1);
  if (last === undefined) {
    throw new StrongroomError("NOT_FOUND", "nothing is connected that could be taken back", {
      hint: `strongroom connect ${tool}`,
    });
  }
  const targets = new Set(found.map((each) => each.target));
  if (targets.size === 1) return last;
  // Connected without a name, as it is now taken back.
  const all = found.findLast((each) => each.target === "");
  if (all !== undefined) return all;
  const named = [...targets].join(", ");
  throw new StrongroomError("INVALID", `several are connected: ${named}; say which`, {
    hint: "name it as when it was connected: strongroom help connect",
  });
}

/**
 * What it takes to have back what was there before a connection. Where the file is as it was left,
 * that is each byte; where it was changed elsewhere, what stood in our part. `CONFLICT` when that
 * part itself was changed, unless it is forced. Changes nothing yet.
 */
export function undoing(kept: Kept, part: Part, isForced: boolean): Change {
  const found = openConfig(kept.file);
  const { path, text } = found;
  const told = { file: path, label: part.label, remarks: [] };
  const forget = (): void => forgetConnection(kept.keptIn);
  if (text === undefined) return { ...told, diff: "", make: forget };
  const next = before(text, kept, part, isForced);
  const make = (): void => {
    if (next !== text) changeConfig(found, next);
    if (next === undefined && kept.isNewFolder === true) removeEmpty(dirname(path));
    forget();
  };
  return { ...told, diff: unifiedDiff(text, next, path), make };
}

function before(text: string, kept: Kept, part: Part, isForced: boolean): string | undefined {
  const { file, previous, target, tool, value } = kept;
  if (digestOf(text) === kept.after) {
    const exact = unsplice(text, kept.splice);
    if (kept.before === undefined) return undefined;
    if (digestOf(exact) === kept.before) return exact;
  }
  const isSame = part.isSame ?? Object.is;
  const current = part.read(text);
  const isGone = current === previous || isSame(current ?? "", previous ?? "");
  if (isGone) return text;
  if (isForced || (current !== undefined && isSame(current, value))) {
    return part.put(text, previous);
  }
  const which = target === "" ? "" : ` ${shellWord(target)}`;
  throw new StrongroomError("CONFLICT", `${part.label} in ${file} was changed since`, {
    hint: `look at it; to have back what was there before: strongroom connect ${tool}${which} --undo --force`,
  });
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it by now.
  }
}
