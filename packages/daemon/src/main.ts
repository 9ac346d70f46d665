import { refuseInspector } from "./guard/inspector.ts";

refuseInspector();

// Loaded only now: until the handler above stands, SIGUSR1 would open the process to a debugger.
const { run } = await import("./command.ts");
process.exit(await run(process.argv.slice(2)));
