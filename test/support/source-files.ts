import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Asked, Found } from "strongroom/src/imports/found.ts";
import { onTestFinished } from "vitest";

/** A folder for a test's sources, gone when it ends. */
export class SourceFiles {
  readonly folder: string = mkdtempSync(join(tmpdir(), "sr-import-"));

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Writes a file there; returns its path. */
  file(name: string, content: string | Uint8Array): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }
}

/** What whoever imports answers. */
export function answers(password: string, more: Partial<Asked> = {}): Asked {
  return { password: () => Promise.resolve(password), keyFile: undefined, ...more };
}

/** The values of a source as text, by their names there. */
export function textsOf({ items }: Found): { readonly [name: string]: string } {
  return Object.fromEntries(items.map(({ name, value }) => [name, value.toString()]));
}
