// increment KIND HOME TIMES: adds 1 to `counter` so many times.
import { openStore } from "../store.ts";
import { leave, tell } from "../worker.ts";

const [kind, home = "", times] = process.argv.slice(2);
const store = await openStore(kind, home);
let done = 0;
while (done < Number(times)) {
  await store.update("counter", (value) => `${Number(value ?? 0) + 1}`);
  done += 1;
  if (done % 50 === 0) tell(50);
}
store.close();
leave({ done });
