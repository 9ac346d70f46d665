import { writeFileSync } from "node:fs";
import { join } from "node:path";
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

it("stores what is imported, though nobody reads what that is", async () => {
  const place = throwaway();
  await place.cli(["init"]);
  const values = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`many/${at}`, "x"]));
  writeFileSync(join(place.home, "many.json"), JSON.stringify(values));
  const cli = `'${process.execPath}' '${ROOT}/packages/cli/bin/strongroom.js'`;
  const script = `{ sleep 0.2; ${cli} import --from json '${place.home}/many.json' 2>/dev/null; echo "status $?" >&2; } | true`;
  const { stderr } = await place.run("bash", ["-c", script]);
  expect(stderr).toContain("status 0\n");
  expect((await place.cli(["get", "many/2999"])).stdout).toBe("x");
});

it("notes nothing that a terminal would obey, whoever wrote the file that it is about", async () => {
  const place = throwaway();
  await place.cli(["set", "a"], "1");
  const evil = "x%1b]0;PWNED%07%1b[2J%c2%9b31m%e2%80%aey";
  const manifest = join(place.home, "strongroom.json");
  writeFileSync(manifest, JSON.stringify({ schema: 1, secrets: { [`strongroom://${evil}`]: {} } }));
  const { status, stderr } = await place.cli(["check", manifest]);
  expect([status, stderr]).toEqual([
    15,
    expect.stringContaining("strongroom set 'x\\u{1b}]0;PWNED"),
  ]);
  // oxfmt-ignore
  expect(stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
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
