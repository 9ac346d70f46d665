import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { ROOT } from "./throwaway.ts";

/** The single file that `STRONGROOM_BINARY` names, else the one that `npm run binary` made here. */
export const BINARY: string = resolve(process.env["STRONGROOM_BINARY"] ?? made());

/** Why the tests of the single file are skipped, to stand in their titles; else empty. */
export const WHY_NO_BINARY: string = existsSync(BINARY)
  ? ""
  : " (skipped: none is built; npm run binary makes it)";

function made(): string {
  const text = readFileSync(join(ROOT, "packages/cli/package.json"), "utf8");
  const { version } = JSON.parse(text) as { readonly version: string };
  return join(ROOT, "release", `strongroom-${version}-linux-${process.arch}`);
}
