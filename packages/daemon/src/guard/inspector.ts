import { writeSync } from "node:fs";
import { url } from "node:inspector";

/** EX_CONFIG of sysexits.h: how this program ends rather than run open to a debugger. */
const REFUSED = 78;

/** Options of Node that load foreign code, open the process or write its memory to a file. */
const FOREIGN =
  /^(?:-r|--(?:cpu-prof|debug|env-file|experimental-loader|heap-prof|heapsnapshot|import|inspect|loader|openssl|prof|report|require|snapshot-blob))/u;

/**
 * The first thing that the daemon does: from here on SIGUSR1 opens no inspector, and a process
 * that is open already, or was started with options that make it so, ends with status 78.
 */
export function refuseInspector(): void {
  process.on("SIGUSR1", () => undefined);
  const words = [...process.execArgv, ...(process.env["NODE_OPTIONS"] ?? "").split(/[\s"]+/u)];
  const foreign = words.find((word) => FOREIGN.test(word.replaceAll("_", "-")));
  if (foreign !== undefined) refuse(`it was started with the Node option ${foreign.split("=")[0]}`);
  assertNoInspector();
  // A signal from before the handler stood is served by Node at its next chance.
  setImmediate(assertNoInspector);
}

/** Ends the process with status 78 when its inspector is open. */
export function assertNoInspector(): void {
  if (url() !== undefined) refuse("its inspector is open");
}

function refuse(why: string): never {
  // Written at once: an asynchronous write would be lost with the process.
  writeSync(2, `strongroomd: refuses to run: ${why}; start it without NODE_OPTIONS\n`);
  process.exit(REFUSED);
}
