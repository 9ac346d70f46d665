import { parseArgs } from "node:util";
import { setup } from "../scripts/setup.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: "boolean", default: false }, install: { type: "boolean" } },
});
await setup();

// What is measured is imported as it was built.
const { install } = await import("./peers/install.mjs");
const { run } = await import("./run.mjs");
install({ quick: values.quick });
if (!values.install) process.exitCode = await run({ names: positionals, quick: values.quick });
