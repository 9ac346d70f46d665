import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@strongroom/client";
import { expect, test } from "vitest";
import {
  cli,
  discard,
  pause,
  rounds,
  startDaemon,
  temporaryHome,
  until,
  worker,
} from "../support/processes.ts";

interface Line {
  readonly tried?: string;
  readonly acknowledged?: string;
  readonly n: number;
  readonly version?: number;
  readonly revision?: number;
}

/** Two write each name once, so that every write can be looked up; two write a few over and over. */
const WRITERS: readonly (readonly [prefix: string, names: number])[] = [
  ["once-a", 1_000_000],
  ["once-b", 1_000_000],
  ["again-a", 7],
  ["again-b", 7],
];

interface Found {
  readonly checked: number;
  readonly lost: readonly string[];
  readonly invented: readonly string[];
}

/** What a restored vault holds, beside what its writers were told until the backup's revision. */
async function compare(home: string, revision: number, lines: readonly Line[]): Promise<Found> {
  const reader = await connect({ home, autostart: false, timeout: "60s" });
  const values = new Map<string, string>();
  for await (const { name } of reader.entries()) {
    values.set(name, (await reader.get(name)).text());
  }
  reader.close();
  const last = new Map<string, Line>();
  const later = new Set<string>();
  let checked = 0;
  for (const line of lines) {
    if (line.acknowledged === undefined) continue;
    const isBefore = (line.revision ?? 0) <= revision;
    if (isBefore) checked += 1;
    if (isBefore) last.set(line.acknowledged, line);
    else later.add(`${line.acknowledged} ${line.n}`);
  }
  const tried = new Set(lines.flatMap(({ tried: name, n }) => (name ? [`${name} ${n}`] : [])));
  const lost = [...last].flatMap(([name, { n }]) => {
    const kept = Number(values.get(name)?.split(":")[1] ?? 0);
    return kept >= n ? [] : [`${name}: ${kept} instead of ${n}`];
  });
  const invented = [...values].flatMap(([name, value]) => {
    const [prefix, n] = value.split(":");
    const write = `${name} ${n}`;
    const known = name.startsWith(`${prefix}/`) && tried.has(write) && !later.has(write);
    return known ? [] : [`${name}: ${value}`];
  });
  return { checked, lost, invented };
}

test("with the recovery key and a backup, everything acknowledged before it survives the loss of the home", async () => {
  const drills = rounds("drills", 1, 25);
  for (let drill = 0; drill < drills; drill += 1) {
    const [home, safe] = [temporaryHome(), temporaryHome()];
    const to = join(safe, "restored");
    const [key, copy] = [join(safe, "recovery.txt"), join(safe, "vault.age")];
    const daemon = await startDaemon(home);
    const writers = WRITERS.map(([prefix, names]) => worker("writer", home, [prefix, names]));
    const said = writers.map((): Line[] => []);
    const listen = (): void => {
      for (const [index, lines] of said.entries()) {
        lines.push(...((writers[index]?.take() ?? []) as readonly Line[]));
      }
    };
    try {
      expect(await cli(home, ["recovery", "new", "--output", key])).toMatchObject({ status: 0 });
      await until("writes by all", () => {
        listen();
        return said.every((lines) => lines.length > 20);
      });
      await pause(Math.random() * 300);
      const backup = await cli(home, ["backup", copy, "--json", "--timeout", "60s"]);
      expect(backup).toMatchObject({ status: 0 });
      const { revision } = JSON.parse(backup.stdout) as { readonly revision: number };
      await pause(Math.random() * 200);
      const gone = once(daemon, "exit");
      daemon.kill("SIGKILL");
      await gone;
      for (const { stop } of writers) stop();
      await Promise.all(writers.map(({ done }) => done));
      listen();
      rmSync(home, { recursive: true });

      const args = ["restore-backup", copy, "--to", to, "--identity", key];
      expect(await cli(home, args)).toMatchObject({ status: 0 });
      expect(existsSync(home), "restoring needs nothing of the old home").toBe(false);
      let restored = await startDaemon(to, []);
      const found = await compare(to, revision, said.flat());
      console.log(
        `drill ${drill + 1}: revision ${revision}, ${found.checked} acknowledged before it: ${found.lost.length} lost, ${found.invented.length} invented`,
      );
      expect(found.checked).toBeGreaterThan(40);
      expect(found).toMatchObject({ lost: [], invented: [] });

      const client = await connect({ home: to, autostart: false });
      expect((await client.status()).restored).toMatchObject({ revision });
      await client.compact();
      client.close();
      const ended = once(restored, "exit");
      restored.kill("SIGKILL");
      await ended;
      restored = await startDaemon(to, []);
      // Answered when the vault is open.
      expect(await cli(to, ["verify"])).toMatchObject({ status: 0 });
      const says = new RegExp(`made of a backup: it ends with revision ${revision}, of 20`);
      expect((await cli(to, ["status"])).stdout).toMatch(says);
      expect((await cli(to, ["doctor"])).stdout).toMatch(says);
      expect(await cli(to, ["recovery", "confirm"])).toMatchObject({ status: 0 });
      expect((await cli(to, ["status"])).stdout).not.toContain("made of a backup");
      // The way is open again: the same key, a backup of the new vault.
      const again = await cli(to, ["backup", join(safe, "second.age")]);
      expect(again).toMatchObject({ status: 0 });
      const twice = join(safe, "twice");
      const second = ["restore-backup", join(safe, "second.age"), "--to", twice, "--identity", key];
      expect(await cli(twice, second)).toMatchObject({ status: 0 });
      expect(readFileSync(join(twice, "vault/slots.json"), "utf8")).toContain('"recovery"');
    } finally {
      for (const { child } of writers) child.kill("SIGKILL");
      daemon.kill("SIGKILL");
      await discard(to);
      await discard(home);
      await discard(safe);
    }
  }
}, 1_800_000);
