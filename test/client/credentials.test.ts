import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { checkCredentials } from "@strongroom/client/src/credentials.ts";
import { afterEach, beforeEach, expect, it } from "vitest";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "sr-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function codeOf(env: NodeJS.ProcessEnv): unknown {
  try {
    checkCredentials(env);
    return "the owner";
  } catch (error) {
    return { ...(error as object) };
  }
}

it("lets the owner through when no credential is set", () => {
  expect(codeOf({})).toBe("the owner");
});

it.each(["STRONGROOM_API_KEY", "STRONGROOM_API_KEY_FILE", "STRONGROOM_PASSPHRASE_FILE"])(
  "denies %s that is set but empty",
  (name) => {
    expect(codeOf({ [name]: "" })).toMatchObject({ code: "DENIED" });
  },
);

it.each(["STRONGROOM_API_KEY_FILE", "STRONGROOM_PASSPHRASE_FILE"])(
  "denies %s whose file is missing, a folder or empty",
  (name) => {
    const empty = join(folder, "empty");
    writeFileSync(empty, "");
    for (const path of [join(folder, "missing"), folder, empty]) {
      expect(codeOf({ [name]: path })).toMatchObject({ code: "DENIED" });
    }
  },
);

it("denies a key, which this version cannot honour, rather than acting as the owner", () => {
  const file = join(folder, "key");
  writeFileSync(file, "canary-key");
  const refusals = [{ STRONGROOM_API_KEY: "canary-key" }, { STRONGROOM_API_KEY_FILE: file }];
  for (const env of refusals) {
    const refusal = codeOf(env);
    expect(refusal).toMatchObject({ code: "DENIED" });
    expect(JSON.stringify(refusal)).not.toContain("canary-key");
  }
});
