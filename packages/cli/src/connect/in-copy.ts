import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Has a program work on a copy of a text, which nobody else can read and which is gone afterwards.
 * Resolves with what the work gave, and what then stood in the copy.
 */
export function inCopy<T>(
  text: string,
  work: (copy: string) => T,
): { readonly given: T; readonly text: string } {
  const folder = mkdtempSync(join(tmpdir(), "strongroom-copy-"));
  try {
    const copy = join(folder, "config");
    writeFileSync(copy, text, { mode: 0o600 });
    const given = work(copy);
    return { given, text: readFileSync(copy, "utf8") };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
