import { closeInherited, handedOver } from "./guard/inherited.ts";
import { refuseInspector } from "./guard/inspector.ts";

refuseInspector();
closeInherited(handedOver(process.argv, process.env));

// Loaded only now: until the handler above stands, SIGUSR1 would open the process to a debugger.
// Built, it is one file with all that it needs: to find 150 of them takes longer than to run them.
void import("#command").then(async ({ run }) => process.exit(await run(process.argv.slice(2))));
