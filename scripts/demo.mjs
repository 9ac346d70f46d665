import { join } from "node:path";
import { ROOT, run } from "./process.mjs";
import { setup } from "./setup.mjs";

await setup();

const program = join(ROOT, "demo", "dist", "main.js");
const { status } = await run([process.execPath, program, ...process.argv.slice(2)]);
process.exitCode = status;
