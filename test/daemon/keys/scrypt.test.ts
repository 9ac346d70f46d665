import { scryptSync } from "node:crypto";
import { Decrypter, Encrypter } from "age-encryption";
import { describe, expect, test } from "vitest";
import { newIdentity, seal, unseal } from "@strongroom/daemon/src/keys/age.ts";
import { longestDelay } from "../../support/longest-delay.ts";
import { HOME, OpaqueVault } from "../../support/opaque-vault.ts";
import { SimulatedDisk } from "../../support/simulated-disk.ts";

const PASSPHRASE = Buffer.from("correct horse, Akkuſtäbchen");
const IDENTITY = await newIdentity();
const LOW = 10;

function header(sealed: Uint8Array): string {
  return Buffer.from(sealed).toString("latin1").split("\n---")[0] ?? "";
}

describe("what a passphrase sealed", () => {
  test("opens with it, here and in age's own library, and says the work of age's default", async () => {
    const sealed = await seal(IDENTITY, PASSPHRASE);
    expect(header(sealed)).toMatch(/^age-encryption\.org\/v1\n-> scrypt [A-Za-z0-9+/]{22} 18\n/);
    expect(await unseal(sealed, PASSPHRASE, "/s")).toBe(IDENTITY);
    const decrypter = new Decrypter();
    decrypter.addPassphrase(PASSPHRASE.toString());
    expect(await decrypter.decrypt(sealed, "text")).toBe(`${IDENTITY}\n`);
  });

  test("opens here when age's own library sealed it", async () => {
    const encrypter = new Encrypter();
    encrypter.setPassphrase(PASSPHRASE.toString());
    encrypter.setScryptWorkFactor(LOW);
    const sealed = await encrypter.encrypt(`${IDENTITY}\n`);
    expect(await unseal(sealed, PASSPHRASE, "/s")).toBe(IDENTITY);
  });

  test("is WRONG_KEY for another passphrase", async () => {
    const sealed = await seal(IDENTITY, PASSPHRASE, LOW);
    await expect(unseal(sealed, Buffer.from("other"), "/s")).rejects.toMatchObject({
      code: "WRONG_KEY",
    });
  });

  test("is CORRUPT before anything is computed when it asks for more work than is done here", async () => {
    const sealed = Buffer.from(await seal(IDENTITY, PASSPHRASE, LOW));
    const more = Buffer.from(sealed.toString("latin1").replace(/ 10\n/, " 21\n"), "latin1");
    const began = performance.now();
    await expect(unseal(more, PASSPHRASE, "/s")).rejects.toMatchObject({
      code: "CORRUPT",
      message: expect.stringContaining("/s") as string,
    });
    expect(performance.now() - began).toBeLessThan(200);
  });

  test.each([
    ["a salt that is cut", / ([A-Za-z0-9+/]{21})[A-Za-z0-9+/] 10\n/, " $1 10\n"],
    ["a work that is no number", / 10\n/, " 1x\n"],
    ["a work with a zero in front", / 10\n/, " 010\n"],
    ["another kind of recipient", /-> scrypt /, "-> skrypt "],
    ["a second recipient", /\n---/, "\n-> grease\n\n---"],
  ])("is CORRUPT with %s", async (_what, pattern, replacement) => {
    const sealed = Buffer.from(await seal(IDENTITY, PASSPHRASE, LOW)).toString("latin1");
    const changed = sealed.replace(pattern, replacement);
    expect(changed).not.toBe(sealed);
    await expect(unseal(Buffer.from(changed, "latin1"), PASSPHRASE, "/s")).rejects.toMatchObject({
      code: "CORRUPT",
    });
  });
});

test("an unlock never keeps the event loop from its other work", async () => {
  const disk = new SimulatedDisk();
  const vault = await OpaqueVault.open(disk);
  await vault.append("one");
  await vault.opened.custody.add({ type: "passphrase", passphrase: PASSPHRASE.toString() });
  await vault.close();
  const there = disk.reboot();
  there.world.remove(`${HOME.config}/keyfile`);
  // What it would be in step: the test can tell the two apart.
  const began = performance.now();
  scryptSync(PASSPHRASE, "salt", 32, { N: 2 ** 18, r: 8, p: 1, maxmem: 2 ** 29 });
  const inStep = performance.now() - began;
  const opening = OpaqueVault.open(there, { passphrase: PASSPHRASE });
  const delay = await longestDelay(opening);
  expect((await opening).texts).toEqual(["one"]);
  console.log(`unlock: ${inStep.toFixed(0)} ms of work, longest delay ${delay.toFixed(1)} ms`);
  expect(delay).toBeLessThan(inStep / 3);
});
