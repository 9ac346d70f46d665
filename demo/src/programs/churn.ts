// churn KIND HOME: sets _churn_1 … _churn_5, waits 50 ms, again, until it is asked to stop;
// then says what it set last.
import { setTimeout as pause } from "node:timers/promises";
import { openStore } from "../store.ts";
import { leave, stopSignal, tell } from "../worker.ts";

const [kind, home = ""] = process.argv.slice(2);
const stopped = stopSignal();
const store = await openStore(kind, home);
const last: Record<string, string> = {};
for (let round = 1; !stopped.aborted; round += 1) {
  for (let name = 1; name <= 5; name += 1) {
    await store.set(`_churn_${name}`, `${round}`);
    last[`_churn_${name}`] = `${round}`;
  }
  tell(round);
  await pause(50);
}
store.close();
leave(last);
