import { spawnSync } from "node:child_process";

/** Bun, on which the SDK runs too: what `STRONGROOM_BUN` names, else what the path has. */
export const BUN: string = process.env["STRONGROOM_BUN"] ?? "bun";

const { status } = spawnSync(BUN, ["--version"]);

/** Why the tests with Bun are skipped, to stand in their titles; else empty. */
export const WHY_NO_BUN: string =
  status === 0 ? "" : " (skipped: npm run test:runtimes gets Bun and runs this with it)";
