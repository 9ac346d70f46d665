import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demandPinned, pinOf } from "strongroom/src/recipes/pin.ts";
import { expect, it, onTestFinished } from "vitest";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "pin-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it("pins a program where somebody else than root can change it, by its content", () => {
  const program = join(folder(), "deploy");
  writeFileSync(program, "#!/bin/sh\n");
  chmodSync(program, 0o755);
  const sha256 = pinOf(program);
  expect(sha256).toMatch(/^[0-9a-f]{64}$/u);
  expect(pinOf("/bin/sh")).toBeUndefined();
  const recipe = { name: "a", argv: [program], folder: "/", environment: [], sha256 };
  const demand = (): void => demandPinned(recipe as Parameters<typeof demandPinned>[0]);
  demand();
  writeFileSync(program, "#!/bin/sh\necho\n");
  expect(demand).toThrow(expect.objectContaining({ code: "DENIED" }));
});

it("pins a program of the system that is called by a link which others can change", () => {
  const place = folder();
  const [first, second] = [join(place, "first"), join(place, "second")];
  symlinkSync("/bin/sh", first);
  symlinkSync(first, second);
  for (const link of [first, second]) expect(pinOf(link)).toMatch(/^[0-9a-f]{64}$/u);
  expect(() => pinOf(join(place, "none"))).toThrow(expect.objectContaining({ code: "INVALID" }));
});
