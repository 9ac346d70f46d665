import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// The same tests, on the single file.
const SETUP = process.env["STRONGROOM_BINARY"] ? ["test/support/binary-instead.ts"] : [];

/** Those that start whole processes, or look at their own. */
const ALONE = ["test/*.test.ts", "test/system/**/*.test.ts"];

export default defineConfig({
  resolve: { conditions: ["strongroom-source"] },
  ssr: { resolve: { conditions: ["strongroom-source"] } },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    fileParallelism: true,
    // A third of what a worker does is waiting for processes.
    maxWorkers: Math.min(8, Math.ceil(1.5 * availableParallelism())),
    projects: [
      { extends: true, test: { name: "alone", include: ALONE, setupFiles: SETUP } },
      {
        extends: true,
        test: {
          name: "together",
          include: ["test/**/*.test.ts"],
          exclude: [...ALONE, "**/node_modules/**"],
          // A process for each of 300 short files costs more than they do.
          isolate: SETUP.length > 0,
          setupFiles: [...SETUP, "test/support/as-it-was.ts"],
        },
      },
    ],
  },
});
