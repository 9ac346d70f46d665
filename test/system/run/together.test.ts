import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { connected, throwaway } from "../../support/connected.ts";
import { rounds } from "../../support/processes.ts";

const ROUNDS = rounds("a run of 150 references beside a writer", 3, 25);
const name = (index: number): string => `torn/n${String(index).padStart(3, "0")}`;

test(
  "a run with more references than fit in one read gets values that held together",
  { timeout: 120_000 },
  async () => {
    const place = throwaway();
    const client = await connected(place);
    const set = (each: string, value: string) => ({ op: "set", name: each, value }) as const;
    await client.batch(Array.from({ length: 150 }, (_, index) => set(name(index), "0")));
    const template = join(place.home, "template");
    writeFileSync(
      template,
      Array.from({ length: 150 }, (_, index) => `{{ strongroom://${name(index)} }}`).join(" "),
    );
    let isOver = false;
    let writes = 0;
    const writing = (async () => {
      while (!isOver) {
        writes += 1;
        await client.batch([set(name(0), `v${writes}`), set(name(149), `v${writes}`)]);
      }
    })();
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const show = ["--mask", "never", "--", "sh", "-c", 'echo "$N000 $N149"'];
        const ran = await place.cli(["run", "--prefix", "torn", ...show]);
        expect([ran.status, ran.stderr]).toEqual([0, ""]);
        expect(ran.stdout).toMatch(/^(v\d+) \1\n$/u);
        const { stdout } = await place.cli(["inject", "--in", template]);
        expect(stdout).toMatch(/^(v\d+) (?:0 ){148}\1$/u);
      }
    } finally {
      isOver = true;
      await writing;
    }
    expect(writes).toBeGreaterThan(ROUNDS);
  },
);
