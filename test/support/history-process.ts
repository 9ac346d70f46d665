import { connect, StrongroomError } from "@strongroom/client";
import { isNotDone } from "./history/operation.ts";
import { Recorder } from "./history/recorder.ts";
import { Workload } from "./history/workload.ts";
import type { WorkerReport, WorkerTask } from "./history/worker.ts";

// Some of the clients of a history, in a process of its own. Told by its parent what to do, again
// and again; says how many requests were answered, and at the end what it recorded.
const PATIENCE_MS = 60_000;
const FIRST_PAUSE_MS = 10;
const LONGEST_PAUSE_MS = 80;
const REPORT_EVERY = 20;

process.on("disconnect", () => process.exit(0));
process.on("message", (task: WorkerTask) => void run(task));
report({ ready: true });

async function run({ seed, home, clients, names, operations, origin }: WorkerTask): Promise<void> {
  const recorder = new Recorder(BigInt(origin));
  let answered = 0;
  const count = (): void => {
    answered += 1;
    if (answered % REPORT_EVERY === 0) report({ answered: REPORT_EVERY });
  };
  await Promise.all(
    clients.map(async (client) => {
      const sdk = await connect({ home, autostart: false, timeout: "30s" });
      const workload = new Workload(seed * 100 + client, client, names);
      const deadline = performance.now() + PATIENCE_MS;
      let pause = FIRST_PAUSE_MS;
      for (let n = 0, done = 0; done < operations; n += 1) {
        const request = workload.next();
        const told = await recorder.ask(sdk, client, n, request);
        if (told instanceof StrongroomError && isNotDone(told.code)) {
          if (performance.now() > deadline) throw told;
          await new Promise((resolve) => setTimeout(resolve, pause));
          pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
          continue;
        }
        pause = FIRST_PAUSE_MS;
        workload.learn(request, told);
        done += 1;
        count();
      }
      sdk.close();
    }),
  );
  report({ events: recorder.events });
}

function report(said: WorkerReport): void {
  process.send?.(said);
}
