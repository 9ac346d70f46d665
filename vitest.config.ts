import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { conditions: ["strongroom-source"] },
  ssr: { resolve: { conditions: ["strongroom-source"] } },
  test: {
    include: ["test/**/*.test.ts"],
    // The same tests, on the single file.
    setupFiles: process.env["STRONGROOM_BINARY"] ? ["test/support/binary-instead.ts"] : [],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    fileParallelism: true,
    maxWorkers: 2,
  },
});
