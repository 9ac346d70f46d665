import { describe, expect, it } from "vitest";
import { throwaway } from "../support/connected.ts";
import { ROOT } from "../support/throwaway.ts";

it("is quiet when the reader of its output has left", async () => {
  const place = throwaway();
  await place.cli(["set", "large"], "x".repeat(1_000_000));
  const cli = `'${process.execPath}' '${ROOT}/packages/cli/bin/strongroom.js'`;
  const script = `{ ${cli} get large; echo "status $?" >&2; } | head -c 1 >/dev/null`;
  const { stderr } = await place.run("sh", ["-c", script]);
  expect(stderr).toBe("status 0\n");
});

describe("a full disk behind standard output", () => {
  const cli = `'${process.execPath}' '${ROOT}/packages/cli/bin/strongroom.js'`;

  it.skipIf(process.platform !== "linux")(
    "is said in three lines, by the short cut too",
    async () => {
      const place = throwaway();
      await place.cli(["set", "a"], "1");
      for (const command of ["get a", "get a --json", "list"]) {
        const script = `${cli} ${command} > /dev/full; echo "status $?"`;
        const { stdout, stderr } = await place.run("sh", ["-c", script]);
        expect([command, stdout]).toEqual([command, "status 1\n"]);
        expect(stderr).toContain("standard output cannot be written (ENOSPC)");
      }
    },
  );

  it.skipIf(process.platform !== "linux")("is said when a part of the value had room", async () => {
    const place = throwaway();
    await place.cli(["set", "large"], "x".repeat(100_000));
    const script = `ulimit -f 8; trap "" XFSZ; ${cli} get large > "$HOME/out"; echo "status $?"`;
    const { stdout, stderr } = await place.run("bash", ["-c", script]);
    expect(stdout).toBe("status 1\n");
    expect(stderr).toMatch(/\d+ of 100000 bytes were printed \(EFBIG\)\n {2}code: OUTPUT/);
  });
});
