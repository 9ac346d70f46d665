import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatApiToken } from "@strongroom/client/protocol";
import { apiKeyOf } from "@strongroom/client/src/credentials.ts";
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
    return apiKeyOf(env) ?? "the owner";
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

it("gives the key of the variable, or of the file, without the space around it", () => {
  const token = formatApiToken(Buffer.alloc(16, 1), Buffer.alloc(32, 2));
  const file = join(folder, "key");
  writeFileSync(file, `${token}\n`);
  expect(codeOf({ STRONGROOM_API_KEY: token })).toBe(token);
  expect(codeOf({ STRONGROOM_API_KEY_FILE: file })).toBe(token);
});

it("gives a session token, too, where it looks like one", () => {
  const token = `${"a".repeat(5000)}.e30.c2ln`;
  const file = join(folder, "token");
  writeFileSync(file, `${token}\n`);
  expect(codeOf({ STRONGROOM_API_KEY: token })).toBe(token);
  expect(codeOf({ STRONGROOM_API_KEY_FILE: file })).toBe(token);
  for (const text of ["a.b", "a.b.c.d", "a.b.", `${"a".repeat(9000)}.b.c`, "a.b.c d"]) {
    expect(codeOf({ STRONGROOM_API_KEY: text })).toMatchObject({ code: "DENIED" });
  }
});

it("denies what is no key, cut or mistyped, rather than acting as the owner", () => {
  const token = formatApiToken(Buffer.alloc(16, 1), Buffer.alloc(32, 2));
  const file = join(folder, "key");
  for (const text of ["canary-key", token.slice(0, -1), `${token.slice(0, -1)}!`, `x${token}`]) {
    writeFileSync(file, text);
    const refusals = [{ STRONGROOM_API_KEY: text }, { STRONGROOM_API_KEY_FILE: file }];
    for (const env of refusals) {
      const refusal = codeOf(env);
      expect(refusal).toMatchObject({ code: "DENIED" });
      expect(JSON.stringify(refusal)).not.toContain(text);
    }
  }
});
