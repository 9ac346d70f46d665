import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { packAll, whyNoPnpm } from "../../support/packed.ts";
import { ROOT } from "../../support/throwaway.ts";

const why = await whyNoPnpm();

it.skipIf(why !== "")(
  `what is packed twice is the same in every byte${why}`,
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "strongroom-pack-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const first = await packAll(join(folder, "first"));
    for (const name of readdirSync(join(ROOT, "packages/cli/man/man1"))) {
      utimesSync(join(ROOT, "packages/cli/man/man1", name), 1_000, 1_000);
    }
    utimesSync(join(ROOT, "packages/client/package.json"), new Date(), new Date());
    const second = await packAll(join(folder, "second"));
    expect(first.map(({ name }) => name)).toEqual([
      "@strongroom/client",
      "@strongroom/daemon",
      "strongroom",
    ]);
    for (const [at, { name, file }] of first.entries()) {
      const same = readFileSync(file).equals(readFileSync(second[at]?.file ?? ""));
      expect([name, same]).toEqual([name, true]);
    }
  },
  120_000,
);
