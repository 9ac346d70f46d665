import { connect } from "@strongroom/client";
import { cli } from "./cli.ts";
import type { Playground } from "./home.ts";
import { JsonFile } from "./json-file.ts";
import type { Progress, Row } from "./outcome.ts";
import type { Kind } from "./store.ts";
import { startWorker } from "./worker.ts";

const PROCESSES = 8;
const TIMES = 500;
const ALL = PROCESSES * TIMES;

/** Eight processes add 1 to one counter 500 times each; ours by `update` of the SDK. */
export async function counter(playground: Playground, progress: Progress): Promise<Row> {
  const home = playground.home("b");
  await cli(home, ["init"]);
  await increment("strongroom", home, progress);
  const client = await connect({ home });
  const ours = Number((await client.get("counter")).text());
  client.close();
  await increment("json", home, (line) => progress(`the JSON file: ${line}`));
  const theirs = Number((await new JsonFile(home).get("counter")) ?? 0);
  return {
    title: `${PROCESSES} processes × ${TIMES} increments of one counter`,
    // One increment too many would be as wrong as one too few.
    ours: { lost: Math.abs(ALL - ours), of: ALL },
    theirs: { lost: Math.abs(ALL - theirs), of: ALL },
  };
}

async function increment(kind: Kind, home: string, progress: Progress): Promise<void> {
  let done = 0;
  const onProgress = (count: number): void => progress(`${(done += count)} of ${ALL} increments`);
  const workers = Array.from({ length: PROCESSES }, () =>
    startWorker("increment", home, [kind, home, `${TIMES}`], onProgress),
  );
  await Promise.all(workers.map(({ report }) => report));
}
