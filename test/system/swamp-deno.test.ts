import { join } from "node:path";
import { expect, it } from "vitest";
import { DENO, WHY_NO_DENO } from "../support/deno.ts";
import { ROOT, Throwaway } from "../support/throwaway.ts";

/** What swamp's contract asks of a vault, and what stands in the tests of its parts. */
const FILES = ["annotation", "mapping", "provider", "vault"];

it.skipIf(WHY_NO_DENO !== "")(
  `each statement of swamp's contract holds under Deno itself${WHY_NO_DENO}`,
  { timeout: 120_000 },
  async () => {
    const place = new Throwaway();
    try {
      const runner = join(ROOT, "node_modules/vitest/vitest.mjs");
      const tests = FILES.map((name) => `test/integrations/swamp/${name}.test.ts`);
      // Its forks would be processes of Node's.
      const how = ["run", "--pool=threads", "--reporter=json"];
      const options = ["run", "-A", "--quiet", "--no-remote", "--node-modules-dir=manual"];
      const asked = [DENO, ...options, runner, ...how, ...tests];
      const ended = await place.run("env", ["WANTED_RUNTIME=deno", ...asked]);
      const said = JSON.parse(ended.stdout.slice(ended.stdout.indexOf('{"num'))) as {
        readonly numPassedTests: number;
        readonly numTotalTests: number;
        readonly testResults: readonly { readonly message: string }[];
      };
      expect(said.testResults.map(({ message }) => message)).toEqual(FILES.map(() => ""));
      expect(said.numPassedTests).toBe(said.numTotalTests);
      expect(said.numTotalTests).toBeGreaterThan(80);
      console.log(`${said.numPassedTests} tests of the vault of swamp under Deno`);
    } finally {
      await place.remove();
    }
  },
);
