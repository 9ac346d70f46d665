import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { ask, Daemons, get, set } from "../support/daemons.ts";
import { COUNTED_MS, printCount, size } from "../support/size.ts";

const daemons = new Daemons();
afterEach(() => daemons.clear());

const ROUNDS = size(8, 200);

function check(home: string): string {
  const text = readFileSync(join(home, "config/keyfile"), "utf8");
  return /^# key check ([0-9a-f]{32})$/m.exec(text)?.[1] ?? "";
}

it(
  "a daemon that is killed at any moment of a rekey leaves every acknowledged secret, under one key",
  { timeout: COUNTED_MS },
  async () => {
    const home = daemons.folder();
    let daemon = await daemons.started(home);
    await set(home, "a", "x".repeat(200_000));
    const began = performance.now();
    expect((await ask(home, "vault/rekey")).error).toBeUndefined();
    const whole = performance.now() - began;
    const counts = { old: 0, new: 0, acknowledged: 0 };
    for (let round = 1; round <= ROUNDS; round += 1) {
      await set(home, `round/${round}`, String(round));
      const before = check(home);
      let acknowledged = false;
      const rekey = ask(home, "vault/rekey").then(
        ({ error }) => (acknowledged = error === undefined),
        () => false,
      );
      await sleep((whole * 1.2 * round) / ROUNDS);
      daemon.child.kill("SIGKILL");
      await daemon.exited;
      const known = acknowledged;
      await rekey;
      daemon = await daemons.started(home);
      const moved = check(home) !== before;
      if (known) expect(moved).toBe(true);
      counts[moved ? "new" : "old"] += 1;
      if (known) counts.acknowledged += 1;
      for (let each = 1; each <= round; each += 1) {
        expect(await get(home, `round/${each}`)).toBe(String(each));
      }
      expect((await ask(home, "vault/verify")).error).toBeUndefined();
      const slots = readFileSync(join(home, "vault/slots.json"), "utf8");
      expect(slots + readFileSync(join(home, "vault/slots.previous.json"), "utf8")).not.toContain(
        '"next"',
      );
    }
    console.log(`rekey took ${whole.toFixed(0)} ms; killed: ${JSON.stringify(counts)}`);
    printCount("rekeys killed", ROUNDS, 200);
  },
);
