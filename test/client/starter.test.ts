import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resolveHome, StrongroomError } from "@strongroom/client/protocol";
import { Starter } from "@strongroom/client/src/starter.ts";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { until } from "../support/processes.ts";

let folder: string;
let now: number;
const starter = (status: number, first = ""): Starter => {
  const program = join(folder, "program.sh");
  writeFileSync(program, `echo x >> ${folder}/starts\n${first}\nexit ${status}\n`);
  const daemon = { command: "/bin/sh", args: [program] };
  return new Starter(resolveHome({ STRONGROOM_HOME: folder }), {}, daemon, () => now);
};
const runs = (): string[] => readdirSync(join(folder, "run"));

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-"));
  now = 0;
  onTestFinished(() => rmSync(folder, { recursive: true, maxRetries: 9, retryDelay: 50 }));
});

it.skipIf(process.platform === "win32")("knows that another daemon has the vault", async () => {
  const one = starter(0);
  one.start([]);
  await until("its end", () => one.hasMet);
  expect(existsSync(join(folder, "starts"))).toBe(true);
});

it.skipIf(process.platform === "win32")(
  "starts no other while its own has not come to anything yet",
  async () => {
    const one = starter(0, "sleep 1");
    one.start([]);
    await until("its start", () => existsSync(join(folder, "starts")));
    now = 2100;
    for (const name of runs()) rmSync(join(folder, "run", name));
    one.start([]);
    expect(runs()).toEqual([]);
    await until("its end", () => one.hasMet);
  },
);

it("starts no other while the one that was met may be making its socket anew", () => {
  const one = starter(0);
  one.meet();
  now = 2499;
  one.start([]);
  expect(existsSync(join(folder, "run"))).toBe(false);
  now = 2500;
  one.start([]);
  expect(runs().filter((name) => name.startsWith("spawn."))).toHaveLength(1);
});

it("gives up six seconds after it met one, and tells all other clients", () => {
  const one = starter(0);
  one.meet();
  now = 2500;
  one.start([]);
  now = 5999;
  one.start([]);
  now = 6000;
  expect(() => one.start([])).toThrow(StrongroomError);
  expect(runs().filter((name) => name.startsWith("elsewhere."))).toHaveLength(1);
  expect(() => starter(0).start([])).toThrow(/another daemon has .*\/vault and no socket here/u);
});
