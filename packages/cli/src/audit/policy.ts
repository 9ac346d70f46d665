import { StrongroomError } from "@strongroom/client/protocol";
import type { AuditMode } from "@strongroom/client/protocol";
import type { Input } from "../command.ts";
import { writeData, writeJson } from "../output.ts";

const MODES: readonly AuditMode[] = ["lazy", "off", "strict"];
const UNITS: ReadonlyMap<string, number> = new Map([
  ["", 1],
  ["MiB", 1_048_576],
  ["GiB", 1_073_741_824],
]);

/** `audit policy`: shows it, after changing what is named. */
export async function auditPolicy({ caller, values }: Input): Promise<number> {
  const { keep, keys, owner } = values;
  const found = await caller.call("audit/policy", {
    ...(typeof keys === "string" ? { keys: modeOf("keys", keys) } : {}),
    ...(typeof owner === "string" ? { owner: modeOf("owner", owner) } : {}),
    ...(typeof keep === "string" ? { keepBytes: bytesOf(keep) } : {}),
  });
  if (values["json"] === true) writeJson(found);
  else {
    const kept = found.keepBytes === null ? "all, for ever" : `the newest ${found.keepBytes} bytes`;
    writeData(
      `reads of API keys: ${found.keys}\nreads of the owner: ${found.owner}\nkept: ${kept}\n`,
    );
  }
  return 0;
}

function modeOf(option: string, text: string): AuditMode {
  const mode = MODES.find((each) => each === text);
  if (mode !== undefined) return mode;
  throw invalid(`--${option} is strict, lazy or off`);
}

function bytesOf(text: string): number {
  if (text === "all") return 0;
  const [, count = "", unit = ""] = /^([1-9]\d{0,12})(MiB|GiB)?$/.exec(text) ?? [];
  const bytes = Number(count) * (UNITS.get(unit) ?? Number.NaN);
  if (count !== "" && Number.isSafeInteger(bytes)) return bytes;
  throw invalid("--keep takes a size such as 100MiB or 1GiB, or all");
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help audit" });
}
