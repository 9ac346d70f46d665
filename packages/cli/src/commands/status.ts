import type { Result } from "@strongroom/client/protocol";
import type { Command } from "../command.ts";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";
import { openClient } from "../open.ts";
import { writeData, writeJson } from "../output.ts";

type Status = Result<"vault/status">;

/** `status`: asks the daemon that runs, and starts none (exit 8 when there is none). */
export const status: Command = {
  operands: "",
  arity: [0, 0],
  options: { detail: { type: "boolean", help: "with figures of queue, disk and refusals" } },
  examples: ["strongroom status", "strongroom status --detail --json"],
  async run({ values }) {
    const client = await openClient({ values }, { autostart: false });
    try {
      const found = await client.status({ detail: values["detail"] === true });
      if (values["json"] === true) writeJson(found);
      else writeData(render(found));
    } finally {
      client.close();
    }
    return 0;
  },
};

function render({ detail, ...found }: Status): string {
  const rows = [...Object.entries(found), ...Object.entries(detail ?? {})];
  return columns(rows.map(([name, value]) => [`${name}:`, escapeLine(text(value))]));
}

function text(value: unknown): string {
  if (value === null) return "not known";
  return typeof value === "string" ? value : JSON.stringify(value);
}
