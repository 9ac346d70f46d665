import { setTimeout as pause } from "node:timers/promises";
import { connect } from "@strongroom/client";
import type { Client } from "@strongroom/client";
import { cli } from "./cli.ts";
import { killDaemon } from "./home.ts";
import type { Playground } from "./home.ts";
import type { Progress, Row } from "./outcome.ts";
import { startWorker } from "./worker.ts";
import type { WriteReport } from "./writes.ts";

const PROCESSES = 4;
const WRITERS = 64;
const PAGE = 100;

/**
 * 64 writers, and twice in their midst `kill -9` of the daemon: after the first they start it
 * anew by themselves and go on. Then it is opened again and compared with what they were told.
 */
export async function crash(playground: Playground, progress: Progress): Promise<Row> {
  const home = playground.home("d");
  await cli(home, ["init"]);
  let acknowledged = 0;
  const workers = Array.from({ length: PROCESSES }, (_, index) => {
    const share = WRITERS / PROCESSES;
    return startWorker<WriteReport>(
      "write",
      home,
      [home, `${index * share}`, `${share}`],
      (count) => progress(`${(acknowledged += count)} writes acknowledged`),
    );
  });
  const reports = Promise.all(workers.map(({ report }) => report));
  // Awaited below; until then its failure is not lost on anybody.
  reports.catch(() => {});
  await Promise.race([untilUnderLoad(() => acknowledged), reports]);
  await killDaemon(home);
  const before = acknowledged;
  await Promise.race([untilUnderLoad(() => acknowledged - before), reports]);
  for (const worker of workers) worker.stop();
  await killDaemon(home);
  const { lost, names } = await compare(home, await reports);
  const total = (await reports).reduce((sum, report) => sum + report.acknowledged, 0);
  return {
    title: `${WRITERS} writers, kill -9 twice, reopened and compared`,
    ours: { lost, of: names, note: `last of ${total} acknowledged writes` },
  };
}

// At a moment that is another one in every run.
async function untilUnderLoad(count: () => number): Promise<void> {
  while (count() < 1000) await pause(20);
  await pause(500 * Math.random());
}

async function compare(
  home: string,
  reports: readonly WriteReport[],
): Promise<{ readonly lost: number; readonly names: number }> {
  const writes = reports.flatMap((report) => Object.entries(report.writes));
  const client = await connect({ home, timeout: "30s" });
  let lost = 0;
  for (let from = 0; from < writes.length; from += PAGE) {
    const page = writes.slice(from, from + PAGE);
    const values = await read(
      client,
      page.map(([name]) => name),
    );
    for (const [index, [, { acknowledged, sent }]] of page.entries()) {
      const value = values[index] ?? 0;
      // Less was lost; more than was ever sent, somebody invented.
      if (value < acknowledged || value > sent) lost += 1;
    }
  }
  client.close();
  return { lost, names: writes.length };
}

async function read(client: Client, names: readonly string[]): Promise<number[]> {
  const { secrets } = await client.read(names);
  return secrets.map((secret) => Number(secret?.text() ?? 0));
}
