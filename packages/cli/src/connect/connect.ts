import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { StrongroomError } from "@strongroom/client/protocol";
import { changeConfig, openConfig } from "./config-file.ts";
import type { ConfigFile } from "./config-file.ts";
import { digestOf, forgetConnection, keepConnection } from "./record.ts";
import { spliceOf } from "./splice.ts";
import type { Aim, Part } from "./tool.ts";
import { unifiedDiff } from "./unified.ts";

/** A change of a tool's file that was not made yet. */
export interface Change {
  /** The file behind all links. */
  readonly file: string;
  readonly label: string;
  /** Empty when there is nothing to change. */
  readonly diff: string;
  readonly remarks: readonly string[];
  /** Makes it, on the disk when it returns. */
  readonly make: () => void;
}

/** What it takes that a tool's file has a value; nothing when it has it. Changes nothing yet. */
export function connecting(
  { demand, file: named, prove, remarks, value }: Aim,
  part: Part,
  { target, tool }: { readonly target: string; readonly tool: string },
): Change {
  const found = openConfig(named);
  const before = found.text ?? "";
  demand?.(before);
  const previous = part.read(before);
  const isSame = part.isSame ?? Object.is;
  const told = { file: found.path, label: part.label, remarks: remarks?.(before) ?? [] };
  if (previous !== undefined && isSame(previous, value)) {
    return { ...told, diff: "", make: () => undefined };
  }
  const after = part.put(before, value);
  if (!isSame(part.read(after) ?? "", value)) throw notUnderstood(found);
  prove?.(before, after);
  const connection = {
    tool,
    target,
    file: named,
    value,
    ...(previous === undefined ? {} : { previous }),
    ...(found.text === undefined ? {} : { before: digestOf(found.text) }),
    after: digestOf(after),
    splice: spliceOf(before, after),
    ...(existsSync(dirname(found.path)) ? {} : { isNewFolder: true as const }),
  };
  const make = (): void => {
    // First: killed in between, one that did nothing is forgotten; one that is not known stays.
    const kept = keepConnection(connection);
    try {
      changeConfig(found, after);
    } catch (error) {
      forgetConnection(kept);
      throw error;
    }
  };
  return { ...told, diff: unifiedDiff(found.text, after, found.path), make };
}

function notUnderstood({ path }: ConfigFile): StrongroomError {
  return new StrongroomError("UNSUPPORTED_FORMAT", `${path} is written in a way not known here`, {
    hint: "let its tool write it once, or make the change yourself: strongroom help connect",
  });
}
