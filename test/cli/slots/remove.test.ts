import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findSlot } from "strongroom/src/slots/remove.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Throwaway } from "../../support/throwaway.ts";
import type { Ended } from "../../support/throwaway.ts";

const SLOTS = [
  { slot: "0123456789abcdef", type: "keyfile" },
  { slot: "0123cdef01234567", type: "recipient", label: "phone" },
  { slot: "fedcba9876543210", type: "recipient" },
];

describe("a slot is meant by", () => {
  it.each([
    ["fedcba9876543210", 2],
    ["fedc", 2],
    ["01234567", 0],
    ["phone", 1],
    ["keyfile", 0],
  ])("%s", (named, index) => {
    expect(findSlot(SLOTS, named)).toBe(SLOTS[index]);
  });

  it.each([
    ["recipient", "INVALID"],
    ["0123", "INVALID"],
    ["fed", "NOT_FOUND"],
    ["passphrase", "NOT_FOUND"],
  ])("%s: no", (named, code) => {
    expect(() => findSlot(SLOTS, named)).toThrow(expect.objectContaining({ code }));
  });
});

describe("strongroom slot", () => {
  const place = new Throwaway();
  beforeAll(async () => {
    expect((await place.cli(["set", "a"], "one")).status).toBe(0);
  });
  afterAll(() => place.remove());
  const cli = (...args: string[]): Promise<Ended> => place.cli(["slot", ...args]);
  const keyfile = join(place.home, "config/keyfile");
  const passphrase = join(place.home, "passphrase");

  it("adds, lists and removes, and the key file goes with its slot", async () => {
    writeFileSync(passphrase, "correct horse\n");
    const last = await cli("remove", "keyfile", "--yes");
    expect(last).toMatchObject({ status: 4, stdout: "" });
    expect(last.stderr).toContain("next: add another one first: strongroom slot add");
    const added = await cli(
      "add",
      "passphrase",
      "--passphrase-file",
      passphrase,
      "--label",
      "mine",
      "--json",
    );
    expect(JSON.parse(added.stdout)).toMatchObject({
      schema: 1,
      type: "passphrase",
      label: "mine",
    });
    expect(added.stdout).not.toMatch(/correct horse|wrapped/);
    const listed = await cli("list");
    expect(listed.stdout.split("\n")).toEqual([
      expect.stringMatching(/^[0-9a-f]{16} {2}keyfile /) as string,
      expect.stringMatching(/^[0-9a-f]{16} {2}passphrase {2}mine {2}20/) as string,
      "",
    ]);
    const removed = await cli("remove", "keyfile", "--yes", "--json");
    expect(JSON.parse(removed.stdout)).toMatchObject({
      schema: 1,
      type: "keyfile",
      rekeyed: true,
      removedFile: keyfile,
    });
    expect(existsSync(keyfile)).toBe(false);
    expect((await place.cli(["get", "a"])).stdout).toBe("one");
    const again = await cli("add", "keyfile");
    expect(again.status).toBe(0);
    expect(existsSync(keyfile)).toBe(true);
    const rekeyed = await place.cli(["rekey", "--json"]);
    expect(JSON.parse(rekeyed.stdout)).toMatchObject({ schema: 1, revision: 1 });
    await place.cli(["daemon", "restart"]);
    expect((await place.cli(["get", "a"])).stdout).toBe("one");
  });

  it("asks nobody who is not there: exit 9 within a second, with the command to run", async () => {
    const setsid = (...args: string[]): Promise<Ended> =>
      place.run("setsid", ["-w", process.execPath, "packages/cli/bin/strongroom.js", ...args]);
    const began = performance.now();
    const add = await setsid("slot", "add", "passphrase");
    expect(performance.now() - began).toBeLessThan(1000);
    expect(add.status).toBe(9);
    expect(add.stderr).toContain("strongroom slot add passphrase --passphrase-file FILE");
    const remove = await setsid("slot", "remove", "keyfile");
    expect(remove.status).toBe(9);
    expect(remove.stderr).toMatch(/strongroom slot remove [0-9a-f]{16} --yes/);
  });

  it("takes no passphrase as an argument, and does not say it back", async () => {
    const refused = await cli("add", "passphrase", "hunter2");
    expect(refused.status).toBe(2);
    expect(refused.stdout + refused.stderr).not.toContain("hunter2");
  });
});
