import type { SecretEntry } from "@strongroom/client/protocol";
import { escapeLine } from "./escape.ts";

/** Rows as text, each column as wide as its widest cell. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join("  ")
      .trimEnd();
  return rows.map((row) => `${line(row)}\n`).join("");
}

/** Names with what is known of them, one a line. */
export function describe(secrets: readonly SecretEntry[]): string {
  return columns(
    secrets.map((secret) => [
      escapeLine(secret.name),
      `v${secret.version}`,
      new Date(secret.updatedAt).toISOString(),
      condition(secret),
      (secret.metadata.tags ?? []).map((tag) => `#${escapeLine(tag)}`).join(" "),
      escapeLine(secret.metadata.note ?? ""),
    ]),
  );
}

function condition({ deleted, expired, metadata: { expiresAt } }: SecretEntry): string {
  if (deleted === true) return "deleted";
  if (expired === true) return "expired";
  return expiresAt === undefined ? "" : `until ${new Date(expiresAt).toISOString()}`;
}
