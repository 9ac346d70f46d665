import type { Result } from "@strongroom/client/protocol";
import { escapeLine } from "../escape.ts";
import { columns } from "../listing.ts";

type Status = Result<"vault/status">;

/** One look at a daemon. */
export interface Look {
  readonly status: Status;
  /** The newest records of the audit, as rows of text. */
  readonly audit: readonly (readonly string[])[];
  /** Revisions that came in a second, since the look before. */
  readonly perSecond: number | undefined;
}

/** A look as lines of text. */
export function figures({ audit, perSecond, status }: Look): string {
  const { detail, pid, revision, secrets, state, uptimeMs, version } = status;
  const rows: (readonly [string, string])[] = [
    ["daemon", `${pid}, version ${version}, up ${span(uptimeMs)}`],
    ["vault", `${state}, ${secrets ?? "?"} secrets, revision ${revision}`],
    ["changes", perSecond === undefined ? "" : `${perSecond.toFixed(1)} a second`],
  ];
  if (detail !== undefined) {
    rows.push(
      ["clients", String(detail.connections)],
      ["queue", `${detail.queueDepth} waiting`],
      [
        "batches",
        `${detail.batches}, of ${detail.batchSizeP50 ?? 0} (most ${detail.batchSizeMax ?? 0})`,
      ],
      ["fsync", `p50 ${ms(detail.fsyncP50Ms)}, p99 ${ms(detail.fsyncP99Ms)}`],
      ["journal", `${Math.ceil((detail.journalBytes ?? 0) / 1024)} KiB`],
      ["refused", refusals(detail.refusals)],
    );
  }
  const shown = rows.filter(([, text]) => text !== "");
  const last = audit.length === 0 ? "" : `\nlast of the audit\n${columns(audit)}`;
  return columns(shown) + last;
}

function refusals(counts: { readonly [code: string]: number }): string {
  const all = Object.entries(counts).map(([code, count]) => `${escapeLine(code)} ${count}`);
  return all.length === 0 ? "none" : all.join(", ");
}

function ms(value: number | null): string {
  return value === null ? "?" : `${value.toFixed(1)} ms`;
}

function span(uptimeMs: number): string {
  const seconds = Math.floor(uptimeMs / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${seconds % 60} s`;
}
