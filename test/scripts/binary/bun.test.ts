import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";

const SCRIPT = new URL("../../../scripts/binary/bun.mjs", import.meta.url).href;

interface Script {
  readonly VARIABLES: readonly string[];
  readonly writeDeafBun: (program: string, path: string) => void;
}

test("no variable that loads code keeps its name in the runtime, and its own scripts stay", async () => {
  const { VARIABLES, writeDeafBun } = (await import(SCRIPT)) as Script;
  const folder = mkdtempSync(join(tmpdir(), "strongroom-bun-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [program, deaf] = [join(folder, "bun"), join(folder, "deaf")];
  const names = VARIABLES.map((name) => `\0${name}`).join("");
  const script = "process.env.BUN_INSPECT_NOTIFY";
  writeFileSync(program, `ELF${names}\0${script}\0BUN_OPTIONSBUN_INSPECT`);
  writeDeafBun(program, deaf);
  const written = readFileSync(deaf, "latin1");
  expect(written).toContain(script);
  expect(written.replace(script, "")).not.toMatch(/BUN_/u);
  expect(written).toHaveLength(readFileSync(program).length);
  // Another version may call them otherwise.
  writeFileSync(program, names.replace("BUN_BE_BUN", "BUN_IS_BUN"));
  expect(() => writeDeafBun(program, deaf)).toThrow("has no BUN_BE_BUN");
});
