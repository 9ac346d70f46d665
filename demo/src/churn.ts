import { setTimeout as pause } from "node:timers/promises";
import { cli, jsonCli } from "./cli.ts";
import type { Ended } from "./cli.ts";
import type { Playground } from "./home.ts";
import type { Outcome, Progress, Row } from "./outcome.ts";
import type { Kind } from "./store.ts";
import { startWorker } from "./worker.ts";

const ROUNDS = 50;

/**
 * ToolHive's churn loop: while one process keeps setting `_churn_1` … `_churn_5`, another
 * deletes a secret, sets it anew and reads it back 100 ms later. Every step of the loop is a
 * command of its own; the two stores are tried side by side.
 */
export async function churn(playground: Playground, progress: Progress): Promise<Row> {
  const home = playground.home("a");
  await cli(home, ["init"]);
  let rounds = 0;
  const onRound = (): void => progress(`${Math.floor((rounds += 1) / 2)} of ${ROUNDS} rounds`);
  const [ours, theirs] = await Promise.all([
    loop("strongroom", home, cli, onRound),
    loop("json", home, jsonCli, onRound),
  ]);
  return { title: `churn loop: delete, set, 100 ms, get under a background writer`, ours, theirs };
}

type Command = (home: string, args: readonly string[], input?: string) => Promise<Ended>;

async function loop(
  kind: Kind,
  home: string,
  command: Command,
  onRound: () => void,
): Promise<Outcome> {
  let beat = (): void => {};
  const writing = new Promise<void>((resolve) => (beat = resolve));
  const background = startWorker<Record<string, string>>("churn", home, [kind, home], () => beat());
  await Promise.race([writing, background.report]);
  let lost = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    await command(home, ["delete", "the-secret"]);
    const { status } = await command(home, ["set", "the-secret"], `value ${round}`);
    await pause(100);
    const { stdout } = await command(home, ["get", "the-secret"]);
    if (status !== 0 || stdout !== `value ${round}`) lost += 1;
    onRound();
  }
  background.stop();
  for (const [name, value] of Object.entries(await background.report)) {
    const { stdout } = await command(home, ["get", name]);
    if (stdout !== value) lost += 1;
  }
  return { lost, of: ROUNDS + 5 };
}
