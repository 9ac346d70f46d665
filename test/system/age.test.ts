import { spawn, spawnSync } from "node:child_process";
import { hkdfSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Throwaway } from "../support/throwaway.ts";
import { noTerminal } from "../support/terminal.ts";

const PASSPHRASE = "correct horse";
const noAge =
  spawnSync("age", ["--version"]).status === 0 ? "" : " (skipped: there is no age(1) here)";

const place = new Throwaway();
const path = (name: string): string => join(place.home, name);

interface Slots {
  readonly body: {
    readonly vault: string;
    readonly slots: readonly { type: string; wrapped: string; sealed?: string }[];
  };
}

function slotOf(type: string): { readonly wrapped: Buffer; readonly sealed: Buffer } {
  const { body } = JSON.parse(readFileSync(path("vault/slots.json"), "utf8")) as Slots;
  const slot = body.slots.find((each) => each.type === type);
  const bytes = (text = ""): Buffer => Buffer.from(text, "base64");
  return { wrapped: bytes(slot?.wrapped), sealed: bytes(slot?.sealed) };
}

/** The check of a data key that age(1) wrote, as the key file pins it. */
function checkOf(key: Buffer): string {
  const id = (JSON.parse(readFileSync(path("vault/vault.json"), "utf8")) as { id: string }).id;
  const salt = Buffer.from(id, "hex");
  const derived = hkdfSync("sha256", key, salt, "strongroom 1 key check", 32);
  return Buffer.from(derived).toString("hex", 0, 16);
}

function age(wrapped: Buffer, identity: string): Buffer {
  const { stdout, stderr, status } = spawnSync("age", ["-d", "-i", identity], { input: wrapped });
  expect({ stderr: String(stderr), status }).toEqual({ stderr: "", status: 0 });
  return stdout;
}

beforeAll(async () => {
  expect(await place.cli(["set", "a"], "one")).toMatchObject({ status: 0 });
  writeFileSync(path("passphrase"), `${PASSPHRASE}\n`);
  const args = ["slot", "add", "passphrase", "--passphrase-file", path("passphrase")];
  expect(await place.cli(args)).toMatchObject({ status: 0 });
});
afterAll(() => place.remove());

describe("age(1), which knows nothing of strongroom,", () => {
  it.skipIf(noAge !== "")(`opens the slot of the key file${noAge}`, () => {
    const keyfile = readFileSync(path("config/keyfile"), "utf8");
    const key = age(slotOf("keyfile").wrapped, path("config/keyfile"));
    expect(keyfile).toContain(`# key check ${checkOf(key)}\n`);
  });

  const missing = noAge === "" ? noTerminal : noAge;
  it.skipIf(missing !== "")(`opens the slot of a passphrase${missing}`, async () => {
    const { sealed, wrapped } = slotOf("passphrase");
    writeFileSync(path("sealed.age"), sealed);
    // Only at a terminal does it ask for a passphrase.
    const words = `age -d -o '${path("identity")}' '${path("sealed.age")}'`;
    const child = spawn("script", ["-qec", words, "/dev/null"]);
    child.stdout.once("data", () => child.stdin.write(`${PASSPHRASE}\r`));
    const status = await new Promise((resolve) => child.once("close", resolve));
    expect(status).toBe(0);
    expect(readFileSync(path("identity"), "utf8")).toMatch(/^AGE-SECRET-KEY-1[0-9A-Z]{58}\n$/);
    const key = age(wrapped, path("identity"));
    expect(readFileSync(path("config/keyfile"), "utf8")).toContain(`# key check ${checkOf(key)}\n`);
  });
});
