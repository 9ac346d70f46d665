import { StrongroomError } from "@strongroom/client/protocol";
import type { AutolockPolicy, Params, Result } from "@strongroom/client/protocol";
import type { Command, Input } from "../command.ts";
import { parseMoment } from "../moment.ts";
import { writeJson, writeNote } from "../output.ts";
import { PASSPHRASE_OPTIONS, readPassphrase } from "../passphrase.ts";

/** `unlock`: opens a locked vault, and says when it locks itself again. */
export const unlock: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    for: { type: "string", value: "8h", help: "lock it so long after it was unlocked" },
    identity: { type: "string", value: "FILE", help: "open it by the key of a slot; - reads it" },
    idle: { type: "string", value: "15m", help: "lock it after so long without a use" },
    never: { type: "boolean", help: "do not let it lock itself" },
    "on-suspend": { type: "boolean", help: "lock it when the machine was asleep" },
    ...PASSPHRASE_OPTIONS,
  },
  patience: "1m",
  examples: [
    "strongroom unlock",
    "strongroom unlock --idle 15m --for 8h --on-suspend",
    "pass show vault | strongroom unlock --identity -",
  ],
  notes: [
    "--identity takes a key file, a recovery key or its words, or what a slot's program prints.",
    "What is said of when it locks itself holds for good, and replaces what was said before.",
  ],
  async run({ values, caller }) {
    const autolock = policyOf(values);
    const done = await opened(caller, autolock === undefined ? {} : { autolock }, values);
    if (values["json"] === true) writeJson(done);
    else {
      for (const remark of done.remarks ?? []) writeNote(`strongroom: ${remark}`);
      writeNote(`strongroom: ${done.unlocked ? "unlocked" : "it is not locked"}`);
    }
    return 0;
  },
};

/** By the identity where one is given. Asks for the passphrase only where no other way opens the vault. */
async function opened(
  caller: Input["caller"],
  params: Params<"vault/unlock">,
  values: Input["values"],
): Promise<Result<"vault/unlock">> {
  const { identity: from } = values;
  if (typeof from === "string") {
    if (Object.keys(PASSPHRASE_OPTIONS).some((name) => values[name] !== undefined))
      throw invalid("--identity goes with no passphrase");
    const { readIdentity } = await import("../recovery/read.ts");
    const identity = await readIdentity(from, "strongroom unlock --identity FILE");
    return await caller.call("vault/unlock", { ...params, identity });
  }
  try {
    return await caller.call("vault/unlock", params);
  } catch (error) {
    if (!(error instanceof StrongroomError && error.code === "LOCKED")) throw error;
  }
  const question = { fresh: false, command: "strongroom unlock --passphrase-file FILE" };
  const passphrase = await readPassphrase(values, question);
  return await caller.call("vault/unlock", { ...params, passphrase });
}

/** What the options choose; undefined when they say nothing of it. */
function policyOf(values: Input["values"]): AutolockPolicy | undefined {
  const { idle, never } = values;
  const open = values["for"];
  const onSuspend = values["on-suspend"] === true;
  const chosen = idle !== undefined || open !== undefined || onSuspend;
  if (never === true && chosen) throw invalid("--never goes with no other");
  if (!chosen) return never === true ? {} : undefined;
  return {
    ...(typeof idle === "string" ? { idleMs: milliseconds("--idle", idle) } : {}),
    ...(typeof open === "string" ? { openMs: milliseconds("--for", open) } : {}),
    ...(onSuspend ? { onSuspend } : {}),
  };
}

function milliseconds(option: string, text: string): number {
  const seconds = /^([1-9]\d{0,6})s$/.exec(text)?.[1];
  const moment = /\d[mhd]$/.test(text) ? parseMoment(text, 0) : undefined;
  const found = seconds === undefined ? moment : Number(seconds) * 1000;
  if (found === undefined) throw invalid(`${option} takes a time such as 30s, 15m, 8h or 1d`);
  return found;
}

function invalid(message: string): StrongroomError {
  return new StrongroomError("INVALID", message, { hint: "strongroom help unlock" });
}
