// write HOME FIRST COUNT: COUNT writers, each with a connection of its own, set their names to
// rising numbers until they are asked to stop; then it says what was acknowledged.
import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { leave, stopSignal, tell } from "../worker.ts";
import type { Writes } from "../writes.ts";

const NAMES = 16;
const [home = "", first, count] = process.argv.slice(2);
const stopped = stopSignal();
const writes: Writes = {};
let acknowledged = 0;

const writers = Array.from({ length: Number(count) }, (_, index) => Number(first) + index);
await Promise.all(writers.map((writer) => write(writer)));
leave({ acknowledged, writes });

async function write(writer: number): Promise<void> {
  const client = await connect({ home, timeout: "30s" });
  for (let value = 1; !stopped.aborted; value += 1) {
    await writeOne(client, `writer/${writer}/${value % NAMES}`, value);
  }
  client.close();
}

async function writeOne(client: Client, name: string, value: number): Promise<void> {
  const before = writes[name] ?? { acknowledged: 0, sent: 0 };
  writes[name] = { ...before, sent: value };
  try {
    await client.set(name, `${value}`);
  } catch {
    // Nobody acknowledged it, so it may be there or not: the comparison allows for both.
    await pause(20);
    return;
  }
  writes[name] = { acknowledged: value, sent: value };
  acknowledged += 1;
  if (acknowledged % 100 === 0) tell(100);
}
