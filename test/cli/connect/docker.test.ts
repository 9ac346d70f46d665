import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { docker } from "strongroom/src/connect/docker.ts";
import { expect, it, onTestFinished, vi } from "vitest";
import { connected, throwaway } from "../../support/connected.ts";

it("does not remark on registries that ask us already", async () => {
  const bin = mkdtempSync(join(tmpdir(), "sr-docker-"));
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(bin, { recursive: true });
  });
  const helper = join(bin, "docker-credential-strongroom");
  writeFileSync(helper, "#!/bin/sh\n");
  chmodSync(helper, 0o755);
  vi.stubEnv("PATH", `${bin}${delimiter}${process.env["PATH"] ?? ""}`);
  const caller = await connected(throwaway());
  const aim = await docker.aim({ caller, positionals: [], values: {} }, []);
  const helpers = { "r.example": "strongroom", "other.example": "pass" };
  expect(aim.remarks?.(JSON.stringify({ credHelpers: helpers }))).toEqual([
    "another helper stays for other.example: strongroom connect docker other.example",
  ]);
});
