import { once } from "node:events";
import { connect } from "@strongroom/client";
import { expect, test } from "vitest";
import {
  discard,
  LONG,
  pause,
  rounds,
  startDaemon,
  temporaryHome,
  worker,
} from "../support/processes.ts";

test("a set is there for the next get under churn, through a stop of both ends and a kill", async () => {
  const times = rounds("set-then-get rounds under churn", 60, 1000);
  const stopMs = LONG ? 10_000 : 1_500;
  const home = temporaryHome();
  let daemon = await startDaemon(home);
  const churn = worker("churn", home, [0]);
  const events: Promise<void>[] = [];
  let lost = 0;
  let repeated = 0;
  try {
    const client = await connect({ home, autostart: false, timeout: "60s" });
    for (let round = 0; round < times; round += 1) {
      if (round === Math.floor(times / 3)) {
        daemon.kill("SIGSTOP");
        churn.child.kill("SIGSTOP");
        events.push(
          pause(stopMs).then(() => {
            daemon.kill("SIGCONT");
            churn.child.kill("SIGCONT");
          }),
        );
      }
      if (round === Math.floor((2 * times) / 3)) {
        const gone = once(daemon, "exit");
        daemon.kill("SIGKILL");
        await gone;
        daemon = await startDaemon(home, []);
      }
      const value = `round ${round}`;
      for (;;) {
        try {
          await client.set("watched", value);
          break;
        } catch {
          // Not acknowledged, so nothing was promised: the next try is a new write.
          repeated += 1;
          await pause(20);
        }
      }
      if ((await client.get("watched")).text() !== value) lost += 1;
    }
    await Promise.all(events);
    churn.stop();
    await churn.done;
    for (let name = 1; name <= 5; name += 1) {
      expect((await client.get(`_churn_${name}`)).text()).toMatch(/^churn \d+$/);
    }
    client.close();
    console.log(
      `${times} rounds, one stop of ${stopMs} ms, one kill: ${lost} lost, ${repeated} repeated`,
    );
    expect(lost).toBe(0);
  } finally {
    churn.child.kill("SIGKILL");
    await discard(home);
  }
}, 600_000);
