import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import type { DaemonState, Result } from "@strongroom/client/protocol";
import { attention, ofAnotherVersion } from "../attention.ts";
import type { Attention } from "../attention.ts";
import type { Command, Input } from "../command.ts";
import { missingDoor } from "../door-sight.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { openClient } from "../open.ts";
import { amended, writeData, writeJson } from "../output.ts";

type Status = Result<"vault/status">;

/** `status`: asks the daemon that runs, and starts none (exit 8 when there is none). */
export const status: Command = {
  operands: "",
  arity: [0, 0],
  options: {
    detail: { type: "boolean", help: "with figures of queue, disk and refusals" },
    quiet: { type: "boolean", short: "q", help: "say it by the exit code alone" },
  },
  examples: ["strongroom status", "strongroom status --detail --json", "strongroom status --quiet"],
  notes: [
    "--quiet ends with 0 when the vault can be read, 7 when it is locked, 8 when no daemon serves it,",
    "11 when it cannot be opened, and prints nothing.",
  ],
  async run({ caller, values }) {
    // The printer of requests: a look at a daemon is no call of it otherwise.
    if (values["print-rpc"] === true) await caller.call("vault/status", asked(values));
    if (values["quiet"] === true) return await quietly(values);
    const client = await openClient({ values }, { autostart: false });
    try {
      const found = await client.status(asked(values));
      // An API key is told nothing of that.
      const all = "slots" in found ? attention(found, Date.now()) : [];
      const told = "slots" in found ? [...ofAnotherVersion(found.version), ...doors(), ...all] : [];
      const open = told.map(({ message, next }) => ({ message, next: amended(next) }));
      if (values["json"] === true) writeJson({ ...found, attention: open });
      else writeData(render(found, open));
    } finally {
      client.close();
    }
    return 0;
  },
};

function asked(values: Input["values"]): { readonly detail: boolean } {
  return { detail: values["detail"] === true };
}

/** Nobody else says so: those whom it concerns are in containers. */
function doors(): readonly Attention[] {
  const missing = missingDoor(resolveHome(process.env));
  return missing === undefined ? [] : [missing];
}

/** What `--quiet` ends with. */
const QUIET: { readonly [state in DaemonState]: number } = {
  closing: 8,
  failed: 11,
  locked: 7,
  open: 0,
  opening: 8,
  poisoned: 10,
  "read-only": 0,
};

async function quietly(values: Input["values"]): Promise<number> {
  try {
    const client = await openClient({ values }, { autostart: false });
    try {
      return QUIET[(await client.status()).state];
    } finally {
      client.close();
    }
  } catch (error) {
    if (error instanceof StrongroomError) return error.exitCode;
    throw error;
  }
}

function render({ detail, ...found }: Status, open: readonly Attention[]): string {
  const rows: [name: string, value: unknown][] = [
    ...Object.entries(found),
    ...Object.entries(detail ?? {}),
  ];
  const lines = columns(
    rows.map(([name, value]) => [
      `${name}:`,
      escapeLine(text(value, found.slots !== null && MAY_LACK.has(name))),
    ]),
  );
  return `${lines}${open.map(({ message, next }) => `! ${message} → ${next}\n`).join("")}`;
}

/** What an open vault may be without. */
const MAY_LACK: ReadonlySet<string> = new Set(["backupAt", "restored"]);

function text(value: unknown, isLacking: boolean): string {
  if (value === null) return isLacking ? "none" : "not known";
  return typeof value === "string" ? value : JSON.stringify(value);
}
