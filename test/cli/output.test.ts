import { expect, it } from "vitest";
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
