import { spawnSync } from "node:child_process";

/** Deno, of which swamp is made: what `STRONGROOM_DENO` names, else what the path has. */
export const DENO: string = process.env["STRONGROOM_DENO"] ?? "deno";

const { status } = spawnSync(DENO, ["--version"]);

/** Why the tests with Deno are skipped, to stand in their titles; else empty. */
export const WHY_NO_DENO: string =
  status === 0 ? "" : " (skipped: npm run test:runtimes gets Deno and runs this with it)";
