import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { newRecoveryKey } from "strongroom/src/recovery/identity.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Throwaway } from "../../support/throwaway.ts";

const place = new Throwaway();

beforeAll(async () => {
  expect(await place.cli(["set", "a"], "one")).toMatchObject({ status: 0 });
});
afterAll(() => place.remove());

describe("strongroom slot add", () => {
  it("tries a recipient with the identity that is given, and says when nobody did", async () => {
    const { identity, recipient } = await newRecoveryKey();
    const file = join(place.home, "identity");
    writeFileSync(file, `${identity}\n`);
    const bare = await place.cli(["slot", "add", "recipient", recipient]);
    expect(bare).toMatchObject({ status: 0, stdout: "" });
    expect(bare.stderr).toContain("nobody tried it");
    const tried = await place.cli(["slot", "add", "recipient", recipient, "--identity", file]);
    expect(tried.stderr).toContain("that was tried");
    writeFileSync(file, `${(await newRecoveryKey()).identity}\n`);
    const other = await place.cli(["slot", "add", "recipient", recipient, "--identity", file]);
    expect(other.status).toBe(11);
  });

  it.skipIf(process.platform === "win32")("runs a program, and opens the vault by it", async () => {
    const { identity } = await newRecoveryKey();
    const file = join(place.home, "key.sh");
    writeFileSync(file, `#!/bin/sh\necho "$1"\n`, { mode: 0o700 });
    const added = await place.cli(["slot", "add", "command", "--json", "--", file, identity]);
    expect(JSON.parse(added.stdout)).toMatchObject({ type: "command", argv: [file, identity] });
    expect((await place.cli(["slot", "remove", "keyfile", "--yes"])).status).toBe(0);
    expect((await place.cli(["daemon", "restart"])).status).toBe(0);
    expect((await place.cli(["get", "a"])).stdout).toBe("one");
  });

  // Elsewhere a keychain is no matter of a variable: this would be the user's own.
  it.skipIf(process.platform !== "linux")("keeps nothing where no keychain is", async () => {
    const { status, stderr } = await place.cli(["slot", "add", "keychain"]);
    expect([status, stderr]).toEqual([8, expect.stringContaining("unlock the keychain")]);
    expect((await place.cli(["slot", "list"])).stdout).not.toContain("keychain");
  });

  it.each([["command"], ["recipient"], ["keyfile", "x"], ["keychain", "x"], ["key"], []])(
    "is refused with the way to do it: %s %s",
    async (...words) => {
      const { status, stderr } = await place.cli(["slot", "add", ...words]);
      expect(status).toBe(2);
      expect(stderr).toContain("strongroom help slot");
    },
  );
});
