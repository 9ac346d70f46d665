import { setTimeout as pause } from "node:timers/promises";
import { cli } from "./cli.ts";
import type { Playground } from "./home.ts";
import { JsonFile } from "./json-file.ts";
import type { Outcome, Progress, Row } from "./outcome.ts";
import type { Kind } from "./store.ts";
import { startWorker } from "./worker.ts";

const ROUNDS = 50;

/** The steps of the loop, on one of the stores. */
interface Commands {
  delete(name: string): Promise<unknown>;
  /** Whether it was acknowledged. */
  set(name: string, value: string): Promise<boolean>;
  get(name: string): Promise<string | undefined>;
}

/**
 * ToolHive's churn loop: while one process keeps setting `_churn_1` … `_churn_5`, another
 * deletes a secret, sets it anew and reads it back 100 ms later. On strongroom every step of
 * the loop is the real command, a process of its own; the JSON file is spared the starts. The
 * two are tried side by side.
 */
export async function churn(playground: Playground, progress: Progress): Promise<Row> {
  const home = playground.home("a");
  await cli(home, ["init"]);
  const onRound = (round: number): void => progress(`${round} of ${ROUNDS} rounds`);
  const [ours, theirs] = await Promise.all([
    loop("strongroom", home, commandLine(home), onRound),
    loop("json", home, jsonFile(home), () => {}),
  ]);
  return { title: "churn loop: delete, set, 100 ms, get under a background writer", ours, theirs };
}

function commandLine(home: string): Commands {
  return {
    delete: (name) => cli(home, ["delete", name]),
    set: async (name, value) => (await cli(home, ["set", name], value)).status === 0,
    get: async (name) => (await cli(home, ["get", name])).stdout,
  };
}

function jsonFile(home: string): Commands {
  const file = new JsonFile(home);
  return {
    delete: (name) => file.delete(name),
    set: async (name, value) => {
      await file.set(name, value);
      return true;
    },
    get: (name) => file.get(name),
  };
}

async function loop(
  kind: Kind,
  home: string,
  commands: Commands,
  onRound: (round: number) => void,
): Promise<Outcome> {
  const background = startWorker<Record<string, string>>("churn", home, [kind, home]);
  await Promise.race([background.begun, background.report]);
  let lost = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    await commands.delete("the-secret");
    const acknowledged = await commands.set("the-secret", `value ${round}`);
    await pause(100);
    const value = await commands.get("the-secret");
    if (!acknowledged || value !== `value ${round}`) lost += 1;
    onRound(round);
  }
  background.stop();
  for (const [name, value] of Object.entries(await background.report)) {
    if ((await commands.get(name)) !== value) lost += 1;
  }
  return { lost, of: ROUNDS + 5 };
}
